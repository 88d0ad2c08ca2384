import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { NodeHasher } from './node.ts';
import { proveKey } from './proof.ts';
import { Tree } from './tree.ts';

const Line = z.object({
  version: z.number(),
  ops: z.array(z.array(z.string())).nullable(),
  root: z.string(),
  present: z.record(z.string(), z.string()).optional(),
  absent: z.record(z.string(), z.string()).optional(),
});

const frozen = join(import.meta.dirname, '../../../test/vectors/iavl');
const files = [frozen, ...(process.env.IAVL_VECTORS ? [process.env.IAVL_VECTORS] : [])].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.jsonl(\.gz)?$/.test(name))
    .map((name) => join(folder, name)),
);

function readLines(file: string) {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => Line.parse(JSON.parse(line)));
}

const key = (hex: string) => Buffer.from(hex, 'hex').toString('latin1');

describe('the tree beside cosmos/iavl', () => {
  it.each(files)('has the same root after every version and the same proofs: %s', (file) => {
    const hasher = new NodeHasher();
    let tree = new Tree();
    let proofs = 0;
    for (const line of readLines(file)) {
      const editor = tree.edit();
      for (const [op, k = '', value = ''] of line.ops ?? []) {
        if (op === 'set') editor.set(key(k), Buffer.from(value, 'hex'));
        else editor.delete(key(k));
      }
      tree = editor.save(line.version, hasher).tree;
      expect(Buffer.from(tree.hash, 'latin1').toString('hex'), `root of version ${line.version}`).toBe(line.root);
      for (const [k, proof] of Object.entries({ ...line.present, ...line.absent })) {
        const ours = Buffer.from(proveKey(tree, key(k))).toString('base64');
        expect(ours, `proof of ${k} at version ${line.version}`).toBe(proof);
        proofs++;
      }
    }
    expect(proofs).toBeGreaterThan(0);
  });
});
