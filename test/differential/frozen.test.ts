import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compare } from './compare.ts';
import { sortOut } from './differences.ts';
import { ours } from './ours.ts';
import { unpackRecording } from './recording.ts';

function read(name: string): Buffer {
  return readFileSync(new URL(`./frozen/${name}`, import.meta.url));
}

test('answers hundreds of txs and queries as simd 0.50.9 did, but for what is listed', async () => {
  const recording = unpackRecording(read('simd.json.gz'));
  const chain = ours();
  const { compared, differences } = await compare(recording, chain);
  await chain.close();
  expect(compared.executed).toBeGreaterThan(1000);
  expect(compared.query).toBeGreaterThan(1000);
  const { unwanted } = sortOut(differences);
  const lines = unwanted.map(({ kind, name, field }) => `${kind} | ${name} | ${field}`);
  expect(lines).toEqual([]);
});
