import { toBech32 } from '@cosmjs/encoding';
import { describe, expect, test } from 'vitest';
import { prove, publicKey } from '../../modules/beacon/ecvrf.ts';
import { roundAlpha, roundValue } from '../../modules/beacon/formulas.ts';
import { type RoundRecord, verifyRound } from './verifyRound.ts';

const chainId = 'infinet-test';
const previousValue = new Uint8Array(32).fill(8);
const seeds = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
const operators = [1, 2, 3].map((byte) => toBech32('infinet', new Uint8Array(20).fill(byte)));
const none = new Uint8Array(0);

/** Round 7 of three validators, as an honest chain answers. */
function closedRound(): RoundRecord {
  const alpha = roundAlpha(chainId, previousValue, 7n);
  const outputs = seeds.map((seed, at) => {
    const operator = operators[at] ?? '';
    return { operator, publicKey: publicKey(seed), proof: prove(seed, alpha), valid: true, height: 40n };
  });
  const keys = outputs.map(({ operator, publicKey: key }) => ({
    operator,
    key: { publicKey: key, nextPublicKey: none, nextRound: 0n, registeredRound: 0n },
    conduct: undefined,
  }));
  const value = roundValue(outputs.map(({ proof }) => proof));
  const round = { round: 7n, alpha, openedHeight: 35n, closedHeight: 41n, value };
  return { chainId, round, outputs, previousValue, keys };
}

const problemsOf = (record: RoundRecord) => verifyRound(record).problems;

test('an honest round is equal in input, proofs, keys and value', () => {
  const record = closedRound();
  const { problems, value, alpha, outputs } = verifyRound(record);
  expect(problems).toEqual([]);
  expect(value).toEqual(record.round.value);
  expect(alpha).toEqual(record.round.alpha);
  expect(outputs.map(({ proves, key }) => [proves, key])).toEqual(seeds.map(() => [true, 'registered']));
});

describe('a round is not equal', () => {
  test('with another value', () => {
    const record = closedRound();
    const round = { ...record.round, value: new Uint8Array(32) };
    expect(problemsOf({ ...record, round })).toEqual(['the value does not follow from the outputs']);
  });

  test('when an output was left out, or stands in another order', () => {
    const record = closedRound();
    expect(problemsOf({ ...record, outputs: record.outputs.slice(1) })).toHaveLength(1);
    expect(problemsOf({ ...record, outputs: record.outputs.toReversed() })).toHaveLength(2);
  });

  test('when its input was chosen: it has to follow from the chain and the round before', () => {
    const record = closedRound();
    const problem = ['the input does not follow from the round before'];
    expect(problemsOf({ ...record, chainId: 'other' })).toEqual(problem);
    expect(problemsOf({ ...record, previousValue: new Uint8Array(32) })).toEqual(problem);
  });

  test('when a bad proof counts as good, or a good one as bad', () => {
    const record = closedRound();
    const damaged = record.outputs.map((output, at) => (at === 1 ? { ...output, proof: new Uint8Array(80) } : output));
    expect(problemsOf({ ...record, outputs: damaged })).toContainEqual(expect.stringContaining('the proof says false'));
    const silenced = record.outputs.map((output, at) => (at === 1 ? { ...output, valid: false } : output));
    expect(problemsOf({ ...record, outputs: silenced })).toContainEqual(expect.stringContaining('the proof says true'));
  });

  test('when a proof is by a key that the operator never registered', () => {
    const record = closedRound();
    expect(problemsOf({ ...record, keys: record.keys.slice(1) })).toEqual([
      expect.stringContaining('not one that it registered'),
    ]);
  });

  test('when what a node answers is no round at all', () => {
    const round = { ...closedRound().round, alpha: none };
    const garbage = { operator: 'nobody', publicKey: none, proof: none, valid: true, height: 0n };
    expect(problemsOf({ ...closedRound(), round, outputs: [garbage] }).length).toBeGreaterThan(2);
  });
});

test('a bad proof that the chain kept out of the value is no problem', () => {
  const record = closedRound();
  const outputs = record.outputs.map((output, at) =>
    at === 1 ? { ...output, proof: new Uint8Array(80), valid: false } : output,
  );
  const value = roundValue(outputs.filter(({ valid }) => valid).map(({ proof }) => proof));
  expect(problemsOf({ ...record, round: { ...record.round, value }, outputs })).toEqual([]);
});

test('a round before the one that is kept is checked as far as it can be: the input is taken as given', () => {
  const { problems, alpha } = verifyRound({ ...closedRound(), previousValue: undefined });
  expect(problems).toEqual([]);
  expect(alpha).toBeUndefined();
});

test('a rotation counts from its round on, and an older key is not held against an older round', () => {
  const record = closedRound();
  const [first, ...others] = record.keys;
  const own = first?.key?.publicKey ?? none;
  const rotated = (key: {
    publicKey: Uint8Array;
    nextPublicKey: Uint8Array;
    nextRound: bigint;
    registeredRound: bigint;
  }) =>
    verifyRound({ ...record, keys: [{ operator: operators[0] ?? '', key, conduct: undefined }, ...others] }).outputs[0]
      ?.key;
  const other = publicKey(new Uint8Array(32).fill(9));
  const third = publicKey(new Uint8Array(32).fill(10));
  expect(rotated({ publicKey: own, nextPublicKey: other, nextRound: 9n, registeredRound: 7n })).toBe('registered');
  expect(rotated({ publicKey: other, nextPublicKey: own, nextRound: 7n, registeredRound: 5n })).toBe('registered');
  expect(rotated({ publicKey: own, nextPublicKey: other, nextRound: 7n, registeredRound: 5n })).toBe('foreign');
  expect(rotated({ publicKey: other, nextPublicKey: third, nextRound: 22n, registeredRound: 20n })).toBe('replaced');
});
