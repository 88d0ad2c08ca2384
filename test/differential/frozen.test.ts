import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compare } from './compare.ts';
import { sortOut } from './differences.ts';
import { known } from './known.ts';
import { ours } from './ours.ts';
import { unpackRecording } from './recording.ts';

test('answers hundreds of txs and queries as simd 0.50.9 did, but for what is meant to differ', async () => {
  const recording = unpackRecording(readFileSync(new URL('./frozen/simd.json.gz', import.meta.url)));
  const chain = ours();
  const { compared, differences } = await compare(recording, chain);
  await chain.close();
  expect(compared.executed).toBeGreaterThan(500);
  expect(compared.query).toBeGreaterThan(500);
  const { unwanted } = sortOut(differences);
  const lines = unwanted.map(({ kind, name, field }) => `${kind} | ${name} | ${field}`);
  expect(lines.filter((line) => !known.has(line))).toEqual([]);
});
