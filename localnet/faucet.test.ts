import { expect, test } from 'vitest';
import { TxRefused, type TxSender } from '../sdk/sender.ts';
import { Faucet, FaucetRefusal } from './faucet.ts';

const receipt = { hash: 'AB', height: 3, code: 0, codespace: '', log: '', gasUsed: 1n };

function faucetOver(send: TxSender['send']): Faucet {
  const limits = { amount: 5n, secondsBetween: 60 };
  return new Faucet({ address: 'infinet1faucet', send }, 'uinf', limits, (text) => text.startsWith('infinet1'));
}

test('gives once a minute to an address, and to others meanwhile', async () => {
  const faucet = faucetOver(async () => receipt);
  await faucet.give('infinet1a', 0);
  await expect(faucet.give('infinet1a', 59_000)).rejects.toThrow('ask again in 1 s');
  await faucet.give('infinet1b', 59_000);
  await faucet.give('infinet1a', 60_000);
});

test('a gift that the chain refused may be asked for again at once', async () => {
  let refuse = true;
  const faucet = faucetOver(async () => {
    if (refuse) throw new TxRefused('sdk', 5, 'empty');
    return receipt;
  });
  await expect(faucet.give('infinet1a', 0)).rejects.toThrow(TxRefused);
  refuse = false;
  await faucet.give('infinet1a', 1);
});

test('refuses what is no address without asking the chain', async () => {
  const faucet = faucetOver(async () => {
    throw new Error('must not be asked');
  });
  await expect(faucet.give('cosmos1x', 0)).rejects.toThrow(FaucetRefusal);
});
