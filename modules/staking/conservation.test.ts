import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stakingTx } from '../../sdk/codec/index.ts';
import { account, accountText, broken, refusal, run } from '../bank/fixture.ts';
import {
  createFixture,
  createValidator,
  delegate,
  endBlock,
  type Fixture,
  later,
  operatorText,
  undelegate,
} from './fixture.ts';
import { msgBeginRedelegate } from './messages.ts';

const million = 1_000_000n;

function _problems(fixture: Fixture, height = 1n): string[] {
  return broken(later(fixture, height), fixture.bank.module, fixture.auth.module, fixture.staking.module);
}

test('whatever is delegated, taken back and slashed: tokens are conserved and every invariant holds', () => {
  const who = fc.integer({ min: 5, max: 7 });
  const where = fc.integer({ min: 1, max: 3 });
  const step = fc.oneof(
    fc.record({
      kind: fc.constantFrom('delegate' as const, 'undelegate' as const),
      who,
      where,
      amount: fc.bigInt(1n, 4n * million),
    }),
    fc.record({ kind: fc.constant('redelegate' as const), who, where, to: where, amount: fc.bigInt(1n, 4n * million) }),
    fc.record({ kind: fc.constant('slash' as const), where, micro: fc.bigInt(0n, 300_000n), ago: fc.bigInt(0n, 5n) }),
    fc.record({ kind: fc.constantFrom('jail' as const, 'unjail' as const), where }),
    fc.record({ kind: fc.constant('block' as const), seconds: fc.bigInt(1n, 60n) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const fixture = createFixture();
      const { bank, staking } = fixture;
      let height = 1n;
      let seconds = 0n;
      for (const byte of [1, 2, 3]) createValidator(later(fixture, height), fixture, byte, BigInt(byte) * 2n * million);
      endBlock(later(fixture, height), fixture);
      for (const now of steps) {
        const ctx = later(fixture, height, seconds);
        if (now.kind === 'block') {
          endBlock(ctx, fixture);
          height += 1n;
          seconds += now.seconds;
        } else if (now.kind === 'delegate')
          refusal(() => delegate(ctx, fixture, now.who, now.where, now.amount.toString()));
        else if (now.kind === 'undelegate')
          refusal(() => undelegate(ctx, fixture, now.who, now.where, now.amount.toString()));
        else if (now.kind === 'redelegate') {
          refusal(() =>
            run(
              ctx,
              staking.module,
              msgBeginRedelegate.typeUrl,
              stakingTx.MsgBeginRedelegate.encode({
                delegatorAddress: accountText(now.who),
                validatorSrcAddress: operatorText(now.where),
                validatorDstAddress: operatorText(now.to),
                amount: { denom: 'uinf', amount: now.amount.toString() },
              }).finish(),
            ),
          );
        } else if (now.kind === 'slash') {
          const fault = height > now.ago ? height - now.ago : 1n;
          staking.keeper.slash(ctx, account(now.where), now.micro, 'test', fault);
        } else staking.keeper[now.kind](ctx, account(now.where));
        expect(broken(later(fixture, height, seconds), bank.module, fixture.auth.module, staking.module)).toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
});
