/** The process that strangers' bytes are parsed in: one request by IPC, one answer, the end. Started by measure.ts. */
import { DataRefused, ObjectiveUnusable } from './errors.ts';
import { measureRound } from './measureRound.ts';
import { measureTables } from './measureTables.ts';
import type { Measurement, MeasureRequest, RoundRequest } from './request.ts';

export type Answer =
  | { readonly outcome: 'measured'; readonly measurement: Measurement }
  | { readonly outcome: 'refused'; readonly reason: string; readonly detail: string }
  | { readonly outcome: 'unusable'; readonly detail: string }
  | { readonly outcome: 'failed'; readonly detail: string };

process.once('message', (request: MeasureRequest | RoundRequest) => {
  answer(request).then((result) => process.send?.(result, () => process.disconnect()));
});

async function answer(request: MeasureRequest | RoundRequest): Promise<Answer> {
  try {
    const measurement = 'members' in request ? await measureRound(request) : await measureTables(request);
    return { outcome: 'measured', measurement };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    if (error instanceof DataRefused) return { outcome: 'refused', reason: error.reason, detail };
    if (error instanceof ObjectiveUnusable) return { outcome: 'unusable', detail };
    return { outcome: 'failed', detail };
  }
}
