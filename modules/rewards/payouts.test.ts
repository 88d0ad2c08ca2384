import { describe, expect, it } from 'vitest';
import type { Context } from '../../chain/context.ts';
import { epochClosed, payoutFinished, rewardPaid } from './events.ts';
import { account, data, moduleAddress, start } from './fixture.ts';
import { sum } from './formulas.ts';
import { CREDITS_PER_BLOCK } from './payouts.ts';

type Chain = ReturnType<typeof start>;

const many = BigInt(2 * CREDITS_PER_BLOCK + 300);
const weightOf = (id: bigint): bigint => 1_000n + ((id * 7_919n) % 5_003n);
const ownerOf = (id: bigint): number => Number(id % 90n) + 1;

/** Contributions `from` to `to` become final in this block. */
const finalize =
  (chain: Chain, from: bigint, to: bigint) =>
  (ctx: Context): void => {
    for (let id = from; id <= to; id++) chain.keeper.addWeight(ctx, data(id, ownerOf(id), weightOf(id)));
  };

/** Events of the block in which the open epoch closes. */
function close(chain: Chain): ReturnType<Chain['block']> {
  for (;;) {
    const events = chain.block();
    if (events.some(({ type }) => type === epochClosed.type)) return events;
  }
}

const paidIn = (events: ReturnType<Chain['block']>): bigint[] =>
  events
    .filter(({ type }) => type === rewardPaid.type)
    .map((event) => rewardPaid.decode(event).contribution)
    .filter((id) => id > 0n);

describe('an epoch of more contributions than a block pays', () => {
  it('pays so many in each block by their ids, and owes the rest in between', () => {
    const chain = start();
    chain.block(finalize(chain, 1n, many));
    const blocks = [close(chain), chain.block(), chain.block()].map(paidIn);
    expect(blocks.map(({ length }) => length)).toEqual([CREDITS_PER_BLOCK, CREDITS_PER_BLOCK, 300]);
    expect(blocks.flat()).toEqual(Array.from({ length: Number(many) }, (_, at) => BigInt(at) + 1n));
    expect(paidIn(chain.block())).toEqual([]);
  });

  it('pays each what it would have paid at once, and the rest of the rounding to the community', () => {
    const chain = start();
    chain.block(finalize(chain, 1n, many));
    close(chain);
    const pool = () => chain.bank.balance(chain.context(), moduleAddress('community_pool'));
    const [before, early] = [pool(), chain.summary()];
    chain.block();
    const finished = chain.block().filter(({ type }) => type === payoutFinished.type);
    const stream = early.streams.find(({ name }) => name === 'data');
    const [paid, total] = [stream?.paid ?? 0n, BigInt(stream?.weight ?? 0)];
    const ids = Array.from({ length: Number(many) }, (_, at) => BigInt(at) + 1n);
    const amounts = ids.map((id) => (paid * weightOf(id)) / total);
    expect(ids.map((id) => chain.explain(id).amount)).toEqual(amounts);
    const dust = paid - sum(amounts);
    expect(dust).toBeGreaterThan(0n);
    expect(finished.map(payoutFinished.decode)).toEqual([{ epoch: 1n, dust: early.dust + dust }]);
    expect(pool() - before).toBe(dust);
    expect(chain.summary()).toEqual({ ...early, dust: early.dust + dust });
  });

  it('explains a contribution that waits for its turn, and takes it no second time', () => {
    const chain = start();
    chain.block(finalize(chain, 1n, many));
    close(chain);
    expect(chain.explain(many)).toMatchObject({ pending: true, epoch: 1n, weight: weightOf(many) });
    expect(() => chain.block(finalize(chain, many, many))).toThrow(expect.objectContaining({ code: 3 }));
  });

  it('leaves what becomes final meanwhile to the next epoch', () => {
    const chain = start();
    chain.block(finalize(chain, 10n, many + 9n));
    close(chain);
    chain.block(finalize(chain, 1n, 9n));
    chain.block();
    expect(chain.explain(9n)).toMatchObject({ pending: true, epoch: 2n });
    expect(paidIn(close(chain))).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
    expect(chain.explain(9n)).toMatchObject({
      epoch: 2n,
      streamWeight: sum([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n].map(weightOf)).toString(),
    });
  });

  it('counts the shares of parents as credits, so that no contribution is dear', () => {
    const chain = start();
    const parents = [1, 2, 3].map((id) => ({ beneficiary: account(id), microShare: 10_000n }));
    chain.block((ctx) => {
      for (let id = 1n; id <= 200n; id++) chain.keeper.addWeight(ctx, { ...data(id, 9, 1_000_000n), shares: parents });
    });
    const blocks = [close(chain), chain.block()].map((events) => new Set(paidIn(events)).size);
    expect(blocks).toEqual([CREDITS_PER_BLOCK / 4, 200 - CREDITS_PER_BLOCK / 4]);
  });

  it('finishes older epochs first when one closes while another is being paid', () => {
    const chain = start();
    const crowd = 1_000n;
    const parents = Array.from({ length: 15 }, (_, at) => ({ beneficiary: account(at + 1), microShare: 1n }));
    chain.block((ctx) => {
      for (let id = 1n; id <= crowd; id++) chain.keeper.addWeight(ctx, { ...data(id, 9, 1_000n), shares: parents });
    });
    close(chain);
    chain.block(finalize(chain, crowd + 1n, crowd + 3n));
    const second = close(chain);
    expect(paidIn(second).every((id) => id <= crowd)).toBe(true);
    for (let block = 0; block < 10; block++) chain.block();
    expect(chain.explain(crowd)).toMatchObject({ pending: false, epoch: 1n });
    expect(chain.explain(crowd + 3n)).toMatchObject({ pending: false, epoch: 2n });
  });

  it('goes on from an export in the middle as if nothing had happened', () => {
    const chain = start();
    chain.block(finalize(chain, 1n, many));
    close(chain);
    const exported: unknown = JSON.parse(JSON.stringify(chain.module.exportGenesis?.(chain.context())));
    const other = start(exported, chain.bank);
    expect(other.module.exportGenesis?.(other.context())).toEqual(exported);
    other.block();
    other.block();
    const whole = start();
    whole.block(finalize(whole, 1n, many));
    close(whole);
    whole.block();
    whole.block();
    const owners = Array.from({ length: 90 }, (_, at) => at + 1);
    expect(owners.map(other.claimable)).toEqual(owners.map(whole.claimable));
    expect(() => start({ ...Object(exported), payouts: [] }, chain.bank)).toThrow(
      'pending_weights[0].epoch: epoch 1 is not being paid',
    );
  });
});
