import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Contribution, Objective } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { contentRoot } from '../../training/merkle.ts';
import { ArtifactCache } from '../artifacts/cache.ts';
import { ArtifactUnavailable } from '../artifacts/download.ts';
import { assessContribution } from './assess.ts';

const table = Buffer.from('a,b\n1,x\n2,y\n');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'infinet-assess-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file of which `promised` is what the chain knows, and `served` what is there. */
function artifact(name: string, promised: Uint8Array, served = promised) {
  const path = join(folder, name);
  writeFileSync(path, served);
  return { root: contentRoot(promised), sizeBytes: BigInt(promised.length), uris: [pathToFileURL(path).href] };
}

function assess(data: ReturnType<typeof artifact>, shard: ReturnType<typeof artifact>) {
  const manifest = { contentRoot: data.root, sizeBytes: data.sizeBytes, uris: data.uris, mediaType: 'text/csv' };
  const schema = Buffer.from(JSON.stringify({ columns: [{ name: 'a', type: 'integer' }] }));
  const contribution = Contribution.fromPartial({ id: 1n, manifest });
  const objective = Objective.fromPartial({ id: 2n, schema, holdouts: [shard] });
  return assessContribution(contribution, objective, 0n, new ArtifactCache(join(folder, 'cache')));
}

const swapped = Buffer.from(table).fill('z', 4, 5);

test.each([
  ['swapped', swapped],
  ['truncated', table.subarray(0, 5)],
  ['oversized', Buffer.concat([table, table])],
])('a %s data set is INVALID: it is not what its manifest says', async (_name, served) => {
  const said = await assess(artifact('data', table, served), artifact('shard', table));
  expect(said).toMatchObject({ verdict: Verdict.VERDICT_INVALID, metrics: [] });
});

test("a shard of the objective's that is not what it should be is nothing against the data set", async () => {
  const judged = assess(artifact('data', table), artifact('shard', Buffer.from('a,b\n3,z\n'), swapped));
  await expect(judged).rejects.toThrow(ArtifactUnavailable);
});
