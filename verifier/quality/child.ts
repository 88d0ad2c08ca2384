/** The process that strangers' bytes are parsed in: one request by IPC, one answer, the end. Started by measure.ts. */
import { DataRefused, ObjectiveUnusable } from './errors.ts';
import { measureTables } from './measureTables.ts';
import type { Measurement, MeasureRequest } from './request.ts';

export type Answer =
  | { readonly outcome: 'measured'; readonly measurement: Measurement }
  | { readonly outcome: 'refused'; readonly reason: string; readonly detail: string }
  | { readonly outcome: 'unusable'; readonly detail: string }
  | { readonly outcome: 'failed'; readonly detail: string };

process.once('message', (request: MeasureRequest) => {
  answer(request).then((result) => process.send?.(result, () => process.disconnect()));
});

async function answer(request: MeasureRequest): Promise<Answer> {
  try {
    return { outcome: 'measured', measurement: await measureTables(request) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    if (error instanceof DataRefused) return { outcome: 'refused', reason: error.reason, detail };
    if (error instanceof ObjectiveUnusable) return { outcome: 'unusable', detail };
    return { outcome: 'failed', detail };
  }
}
