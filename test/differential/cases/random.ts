import { denom, type Key, keyOf } from '../keys.ts';
import { delegate, multiSend, part, send, undelegate } from '../messages.ts';
import { Numbers } from '../numbers.ts';
import type { TxSpec } from '../tx.ts';
import type { World } from '../world.ts';

/** Sends, multi-sends and delegations among twenty accounts, several a block; one in five has something wrong. */
export async function randomCases(world: World, seed: number, count: number): Promise<void> {
  const numbers = new Numbers(seed);
  const account = (): Key => keyOf(`a${60 + numbers.next(20)}`);
  const coin = (): string => numbers.pick(['aaa', denom, 'zzz', 'foo/bar', denom, 'locked', 'nothing']);
  const amount = (): string => numbers.pick(['1', '17', '4999', '250000', '0', '-3', '2000000', '123456']);
  const pair = (): string => [`${amount()}aaa`, `${amount()}zzz`].join(',');
  for (let index = 0; index < count; index++) {
    const from = account();
    const text = () => (numbers.next(4) === 0 ? pair() : `${amount()}${coin()}`);
    const single = `${amount()}${coin()}`;
    const operator = keyOf(numbers.pick(['val0', 'val1'])).operator;
    const messages = Array.from({ length: 1 + numbers.next(3) }, () =>
      numbers.pick([
        () => send(from, account(), text()),
        () => send(from, keyOf(`new ${seed} ${index}`), text()),
        () => multiSend([part(from, single)], [part(account(), single)]),
        () => delegate(from, operator, `${amount()}${denom}`),
        () => undelegate(from, operator, `${amount()}${denom}`),
      ])(),
    );
    const wrong = numbers.pick<Partial<TxSpec>>([
      {},
      {},
      {},
      {},
      {},
      {},
      { gas: BigInt(30_000 + numbers.next(60_000)) },
      { memo: 'm'.repeat(numbers.next(300)) },
      { fee: [{ denom: coin(), amount: amount() }] },
      { chainId: 'other-1' },
      { sequence: BigInt(numbers.next(9)) },
    ]);
    const kinds = messages.map(({ typeUrl }) => typeUrl.replace(/.*\.Msg/, '')).join(' ');
    await world.tx(`random ${index}: ${kinds}`, { signers: [from], messages, gas: 900_000n, ...wrong });
    if (numbers.next(4) === 0) await world.block();
  }
  await world.block();
}
