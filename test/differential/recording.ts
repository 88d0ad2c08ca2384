/**
 * What was asked of simd and what it answered, in order. Requests and answers are ABCI messages, so a recording can be
 * replayed against any other chain without simd.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';

const entryShape = z.object({
  kind: z.enum(['init', 'check', 'block', 'query']),
  /** What this step tests; of a block: the names of its txs. */
  names: z.array(z.string()),
  /** Protobuf of the ABCI request, base64. */
  request: z.string(),
  /** Protobuf of the ABCI response, base64. */
  response: z.string(),
});

export type Entry = z.infer<typeof entryShape>;

const recordingShape = z.object({ peer: z.string(), entries: z.array(entryShape) });

export type Recording = z.infer<typeof recordingShape>;

export function packRecording(recording: Recording): Uint8Array {
  return gzipSync(JSON.stringify(recording), { level: 9 });
}

/** Throws on anything that `packRecording` did not make. */
export function unpackRecording(bytes: Uint8Array): Recording {
  return recordingShape.parse(JSON.parse(gunzipSync(bytes).toString('utf8')));
}
