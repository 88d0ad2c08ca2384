import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compareUpgrades } from '../../test/vectors/compare.ts';
import { CommitMultiStore } from './multistore.ts';

const Line = z.object({
  version: z.number(),
  writes: z.array(z.array(z.string())).nullable(),
  app_hash: z.string(),
  queries: z
    .array(
      z.object({
        store: z.string(),
        key: z.string(),
        value: z.string(),
        ops: z.array(z.object({ type: z.string(), key: z.string(), data: z.string() })),
      }),
    )
    .optional(),
});

const file = join(import.meta.dirname, '../../test/vectors/multistore/sdk.jsonl.gz');
const lines = gunzipSync(readFileSync(file))
  .toString('utf8')
  .trim()
  .split('\n')
  .map((line) => Line.parse(JSON.parse(line)));

const latin1 = (hex: string) => Buffer.from(hex, 'hex').toString('latin1');

describe("the committed store beside the Cosmos SDK's multistore", () => {
  it('has the same app hash after every block and answers key queries with the same proofs', () => {
    const store = CommitMultiStore.open(undefined, {
      meta: { chainId: 'vectors', bech32Prefix: 'cosmos' },
      stores: ['valuation', 'bank', 'acc', 'staking', 'rewards', 'infinet', 'oracle'],
    });
    let proofs = 0;
    for (const line of lines) {
      for (const [name = '', key = '', value] of line.writes ?? []) {
        const tx = store.working.branch();
        if (value === undefined) tx.store(name).delete(latin1(key));
        else tx.store(name).set(latin1(key), Buffer.from(value, 'hex'));
        tx.write();
      }
      const appHash = store.stage(BigInt(line.version));
      expect(Buffer.from(appHash).toString('hex'), `app hash of block ${line.version}`).toBe(line.app_hash);
      store.commit();
      for (const query of line.queries ?? []) {
        const value = store.committed.store(query.store).get(latin1(query.key));
        expect(Buffer.from(value ?? []).toString('hex')).toBe(query.value);
        const ops = store.at().prove(query.store, Buffer.from(query.key, 'hex'));
        const ours = ops.map(({ type, key, data }) => ({
          type,
          key: Buffer.from(key).toString('hex'),
          data: Buffer.from(data).toString('base64'),
        }));
        expect(ours).toEqual(query.ops);
        proofs++;
      }
    }
    expect(proofs).toBeGreaterThan(20);
  });

  it('has the same app hashes where upgrades add and delete stores', () => {
    const file = join(import.meta.dirname, '../../test/vectors/multistore/upgrade-seed5.jsonl.gz');
    const text = gunzipSync(readFileSync(file)).toString('utf8').trim();
    expect(text.match(/"added"/g)).toHaveLength(2);
    expect(compareUpgrades(text.split('\n')).versions).toBe(60);
  });
});
