import { readFileSync } from 'node:fs';
import { fromBech32 } from '@cosmjs/encoding';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { cometProof } from '../../sdk/codec/index.ts';
import type { SourceProofOp } from '../source/block.ts';
import { balanceKey, proves } from './proof.ts';

const proven = z.object({
  address: z.string(),
  denom: z.string(),
  value: z.string(),
  appHash: z.string(),
  proof: z.string(),
});
const file = new URL('../testing/balanceProofs.json', import.meta.url);
const { held, absent } = z.object({ held: proven, absent: proven }).parse(JSON.parse(readFileSync(file, 'utf8')));

interface Parts {
  key: Uint8Array;
  value: Uint8Array;
  ops: SourceProofOp[];
  appHash: Uint8Array;
}

function parts({ address, denom, value, appHash, proof }: z.infer<typeof proven>): Parts {
  return {
    key: balanceKey(fromBech32(address).data, denom),
    value: Buffer.from(value === '0' ? '' : value, 'utf8'),
    ops: cometProof.ProofOps.decode(Buffer.from(proof, 'base64')).ops,
    appHash: Buffer.from(appHash, 'hex'),
  };
}

const check = ({ key, value, ops, appHash }: Parts) => proves('bank', key, value, ops, appHash);

test('a balance and the absence of a balance of a real chain are proven', () => {
  expect(check(parts(held))).toBe(true);
  expect(check(parts(absent))).toBe(true);
});

test('another value, key, store or app hash is not proven', () => {
  const given = parts(held);
  expect(check({ ...given, value: Buffer.from('999999999999') })).toBe(false);
  expect(check({ ...given, value: new Uint8Array() })).toBe(false);
  expect(check({ ...given, key: balanceKey(new Uint8Array(20), 'uinf') })).toBe(false);
  expect(check({ ...given, appHash: new Uint8Array(32) })).toBe(false);
  expect(proves('staking', given.key, given.value, given.ops, given.appHash)).toBe(false);
});

test('the proof of an absence proves no value, and not the absence of something else', () => {
  expect(check({ ...parts(absent), value: Buffer.from('1') })).toBe(false);
  expect(check({ ...parts(absent), key: parts(held).key })).toBe(false);
});

test('a proof with operations missing, swapped or doubled proves nothing', () => {
  const given = parts(held);
  const [inner, outer] = given.ops;
  if (inner === undefined || outer === undefined) throw new Error('two operations are expected');
  for (const ops of [[], [inner], [outer], [outer, inner], [inner, inner], [inner, outer, outer]]) {
    expect(check({ ...given, ops })).toBe(false);
  }
});

test.each(['held', 'absent'] as const)('no changed byte of the proof (%s) is accepted with another meaning', (name) => {
  const given = parts(name === 'held' ? held : absent);
  let refused = 0;
  given.ops.forEach((op, at) => {
    for (let index = 0; index < op.data.length; index += 7) {
      const data = Uint8Array.from(op.data, (byte, place) => (place === index ? byte ^ 0x55 : byte));
      const ops = given.ops.map((other, place) => (place === at ? { ...op, data } : other));
      if (!check({ ...given, ops })) refused++;
      // Where a change is not noticed, it is in a part without meaning: nothing else is proven by it.
      expect(check({ ...given, ops, value: Buffer.from('424242') })).toBe(false);
    }
  });
  expect(refused).toBeGreaterThan(10);
});
