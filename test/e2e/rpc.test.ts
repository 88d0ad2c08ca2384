import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { answersOf } from '../differential/rpc/answers.ts';
import { differing } from '../differential/rpc/differing.ts';
import { type Node, reached, startOurs, stop } from '../differential/rpc/nodes.ts';

/** What simd answered: `node test/differential/rpc.ts --freeze`. */
const frozen = z
  .record(z.string(), z.unknown())
  .parse(
    JSON.parse(
      gunzipSync(readFileSync(new URL('../differential/frozen/rpc.json.gz', import.meta.url))).toString('utf8'),
    ),
  );

const folder = mkdtempSync(join(tmpdir(), 'infinet-rpc-'));
let node: Node | undefined;

beforeAll(async () => {
  node = await startOurs(join(folder, 'ours'));
  await reached(node, 2);
});

afterAll(async () => {
  if (node !== undefined) await stop(node);
  rmSync(folder, { recursive: true, force: true });
});

test('over RPC, gRPC and REST, through a real CometBFT, a node answers clients as simd does', async () => {
  if (node === undefined) throw new Error('no node');
  const answers = await answersOf(node);
  expect(answers.size).toBeGreaterThan(150);
  expect(differing(frozen, answers)).toEqual([]);
});
