import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { networkOf } from '../../training/network.ts';
import { smallSpec, syntheticData } from '../../training/testing/fixtures.ts';
import { plainEngine } from '../../training/wasm/engine.ts';
import {
  describeVerificationPrice,
  measurePrice,
  overheadOf,
  proposedCommitEvery,
  requireRoom,
  type VerificationPrice,
  verificationRate,
} from './price.ts';

const spec = smallSpec();
const price: VerificationPrice = {
  units: 10_000,
  stepsPerUnit: 1,
  unitMs: 12,
  hashMs: 2,
  stateBytes: 1_000_000,
  storageBytes: 10_001 * 1_000_064,
  seats: 3,
  unitsPerSeat: 25,
};

test('the price is measured with the network and the data of the run, without touching its folder', () => {
  const network = networkOf(spec);
  const data = syntheticData(spec, 64);
  const measured = measurePrice({ network, data, engine: plainEngine(), seats: 3, drawnPerSeat: 22, budgetMs: 0 });
  expect(measured).toMatchObject({
    units: 20,
    stateBytes: 4 * network.stateLength,
    storageBytes: 21 * (4 * network.stateLength + 64),
    unitsPerSeat: 21,
  });
  expect(measured.unitMs).toBeGreaterThan(0);
  expect(overheadOf(measured)).toBeGreaterThan(0);
});

test('a trainer reads what hashing adds, what is stored, what is replayed, and which commit_every would be cheaper', () => {
  expect(overheadOf(price)).toBeCloseTo(0.2);
  expect(verificationRate(price)).toBeCloseTo(0.0075, 4);
  expect(proposedCommitEvery(price)).toBe(4);
  const text = describeVerificationPrice(price).join('\n');
  expect(text).toContain('20% on top');
  expect(text).toContain('10.0 GB in --out');
  expect(text).toContain('3 seats replay 25 units each, 0.75% of the training');
  expect(text).toContain('"commit_every": 4');
  expect(describeVerificationPrice({ ...price, hashMs: 0.1 }).join('\n')).not.toContain('commit_every');
});

test('states that do not fit are refused before anything is paid for', () => {
  expect(() => requireRoom(tmpdir(), price)).not.toThrow();
  expect(() => requireRoom(tmpdir(), { ...price, storageBytes: 1e15 })).toThrow('the states need 1000 TB');
});
