import { expect, test } from 'vitest';
import { QuerySupplyAuditResponse } from '../../proto/generated/infinet/rewards/v1/query.ts';
import { amountOf, checkAudit, checkFlow } from './checkAudit.ts';

const sound = QuerySupplyAuditResponse.fromPartial({
  denom: 'uinf',
  genesisSupply: '1000',
  scheduled: '100',
  issued: '60',
  reserve: '30',
  lapsed: '10',
  community: '5',
  claimed: '20',
  unclaimed: '25',
  paying: '10',
  supply: '1053',
  burned: '7',
  pools: [
    { name: 'rewards', address: 'a', balance: '35' },
    { name: 'gov', address: 'b', balance: '0' },
  ],
  elsewhere: '1018',
});

test('an audit whose parts sum up has no problems', () => {
  expect(checkAudit(sound)).toEqual([]);
});

test.each(['scheduled', 'issued', 'lapsed', 'claimed', 'supply', 'burned', 'elsewhere'] as const)(
  'a node that lies about %s is found out',
  (name) => {
    expect(checkAudit({ ...sound, [name]: '99999' })).not.toEqual([]);
  },
);

test('what the node itself finds wrong is passed on', () => {
  expect(checkAudit({ ...sound, problems: ['x'] })).toEqual(['x']);
});

test('two audits and the blocks between them must tell the same', () => {
  const later = { ...sound, issued: '80', burned: '9' };
  expect(checkFlow(sound, later, { minted: 20n, burned: 2n })).toEqual([]);
  expect(checkFlow(sound, later, { minted: 21n, burned: 2n })).toEqual(['rewards issued 20, the blocks minted 21']);
  expect(checkFlow(sound, later, { minted: 20n, burned: 0n })).toEqual(['2 disappeared, the blocks burned 0']);
});

test('coins of other denominations do not count', () => {
  expect(amountOf('5aaa,12uinf', 'uinf')).toBe(12n);
  expect(amountOf('', 'uinf')).toBe(0n);
});
