import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compareTree, VectorMismatch } from '../../../test/vectors/compare.ts';

const frozen = join(import.meta.dirname, '../../../test/vectors/iavl');
const files = [frozen, ...(process.env.IAVL_VECTORS ? [process.env.IAVL_VECTORS] : [])].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.jsonl(\.gz)?$/.test(name))
    .map((name) => join(folder, name)),
);

function readLines(file: string): string[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.trim().split('\n');
}

describe('the tree beside cosmos/iavl', () => {
  it.each(files)('has the same root after every version and the same proofs: %s', (file) => {
    const { versions, proofs } = compareTree(readLines(file));
    expect(versions).toBeGreaterThan(50);
    expect(proofs).toBeGreaterThan(0);
  });

  it('is not the same to the comparison when a value, a version or a proof is another one', () => {
    const lines = readLines(join(frozen, 'seed7-initial1000.jsonl.gz'));
    const [first = ''] = lines;
    const later = lines.findIndex((line, index) => index > 0 && line.includes('"present"'));
    const damaged = [
      lines.map((line) => line.replace(/"set","(\w+)","\w\w/, '"set","$1","00')),
      [first.replace('"version":1000', '"version":1')],
      lines.toSpliced(later, 1, (lines[later] ?? '').replace(/("present":\{"\w+":")..../, '$1AAAA')),
      lines.toSpliced(later, 1, (lines[later] ?? '').replace(/("absent":\{"\w+":")..../, '$1AAAA')),
    ];
    for (const other of damaged) expect(() => compareTree(other)).toThrow(VectorMismatch);
  });
});
