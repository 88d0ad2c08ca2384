import { expect, test } from 'vitest';
import { makeTx } from '../app/testing/txs.ts';
import { decodeTx } from './decode.ts';
import { DecodedTxs } from './decodedTxs.ts';
import { MessageRouter } from './router.ts';

const router = new MessageRouter([]);
const tx = (memo: string) => makeTx({ messages: [], memo });

test('a block takes a decoded tx once, so that no two runs of its messages share it', () => {
  const decoded = new DecodedTxs(10);
  decoded.add(tx('a'), decodeTx(tx('a'), router));
  expect(decoded.get(tx('a'))?.memo).toBe('a');
  expect(decoded.get(tx('b'))).toBeUndefined();
  expect(decoded.take(tx('a'))?.memo).toBe('a');
  expect(decoded.take(tx('a'))).toBeUndefined();
});

test('forgets the oldest txs when there are too many', () => {
  const decoded = new DecodedTxs(3);
  for (const memo of ['a', 'b', 'c', 'd']) decoded.add(tx(memo), decodeTx(tx(memo), router));
  expect(['a', 'b', 'c', 'd'].map((memo) => decoded.get(tx(memo))?.memo)).toEqual([undefined, 'b', 'c', 'd']);
});
