import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Comparison, compare } from './compare.ts';
import { sortOut } from './differences.ts';
import { ours, type Peer } from './ours.ts';
import { unpackRecording } from './recording.ts';

/** Replays what a peer was asked; the differences that nobody wanted, one a line. */
async function replay(name: string, peer: Peer): Promise<Pick<Comparison, 'compared'> & { unwanted: string[] }> {
  const chain = ours(peer);
  try {
    const recording = unpackRecording(readFileSync(new URL(`./frozen/${name}.json.gz`, import.meta.url)));
    const { compared, differences } = await compare(recording, chain);
    const { unwanted } = sortOut(differences, peer);
    return { compared, unwanted: unwanted.map(({ kind, name: step, field }) => `${kind} | ${step} | ${field}`) };
  } finally {
    await chain.close();
  }
}

test('answers hundreds of txs and queries as simd 0.50.9 did, but for what is listed', async () => {
  const { compared, unwanted } = await replay('simd', 'simd');
  expect(compared.executed).toBeGreaterThan(1000);
  expect(compared.query).toBeGreaterThan(1000);
  expect(unwanted).toEqual([]);
});

test('messages that move stake cost the gas that they cost on a chain of the SDK without rewards', async () => {
  const { compared, unwanted } = await replay('sdk', 'sdk');
  expect(compared.executed).toBeGreaterThan(200);
  expect(unwanted).toEqual([]);
});

test('random txs of all modules, good and bad, are answered as by the SDK, and leave the same balances', async () => {
  const { compared, unwanted } = await replay('sdk-mix', 'sdk');
  expect(compared.executed).toBeGreaterThan(200);
  expect(compared.query).toBeGreaterThan(100);
  expect(unwanted).toEqual([]);
});
