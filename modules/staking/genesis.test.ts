import { describe, expect, test } from 'vitest';
import { stakingQuery } from '../../sdk/codec/index.ts';
import { moduleAddress } from '../auth/keeper.ts';
import {
  account,
  accountText,
  addresses,
  ask,
  createFixture as bankFixture,
  blockContext,
  broken,
  dump,
  refusal,
} from '../bank/fixture.ts';
import {
  consensusPublicKey,
  createFixture,
  createValidator,
  delegate,
  endBlock,
  later,
  operatorText,
  params,
  unbondingSeconds,
  undelegate,
} from './fixture.ts';
import { createStaking } from './index.ts';

const million = 1_000_000n;

function validatorJson(byte: number, tokens: bigint) {
  return {
    operator_address: operatorText(byte),
    consensus_pubkey: {
      '@type': '/cosmos.crypto.ed25519.PubKey',
      key: Buffer.from(consensusPublicKey(byte)).toString('base64'),
    },
    jailed: false,
    status: 'BOND_STATUS_BONDED',
    tokens: tokens.toString(),
    delegator_shares: `${tokens}.000000000000000000`,
    description: { moniker: `node${byte}`, identity: '', website: '', security_contact: '', details: '' },
    unbonding_height: '0',
    unbonding_time: '1970-01-01T00:00:00Z',
    commission: {
      commission_rates: { rate: '0.100000000000000000', max_rate: '0.200000000000000000', max_change_rate: '0.01' },
      update_time: '2026-11-23T22:00:00.123456789Z',
    },
    min_self_delegation: '1',
    unbonding_on_hold_ref_count: '0',
    unbonding_ids: [],
  };
}

/** A chain whose validators are bonded from the first block on, as a localnet starts. */
function bondedGenesis(change: Record<string, unknown> = {}) {
  const fixture = bankFixture();
  const staking = createStaking({
    addresses,
    accounts: fixture.auth.keeper,
    bank: fixture.bank.keeper,
    authority: fixture.authority,
  });
  const ctx = blockContext(fixture.state, 0n);
  fixture.auth.module.initGenesis?.(ctx, {});
  fixture.bank.module.initGenesis?.(ctx, {
    balances: [
      {
        address: addresses.accountText(moduleAddress('bonded_tokens_pool')),
        coins: [{ denom: 'uinf', amount: (3n * million).toString() }],
      },
    ],
  });
  const updates = staking.module.initGenesis?.(ctx, {
    params,
    validators: [validatorJson(1, million), validatorJson(2, 2n * million)],
    delegations: [1, 2].map((byte) => ({
      delegator_address: accountText(byte),
      validator_address: operatorText(byte),
      shares: `${BigInt(byte) * million}.0`,
    })),
    ...change,
  });
  return { ...fixture, staking, ctx, updates };
}

describe('genesis', () => {
  test('gives CometBFT the validators, best first, and no token moves', () => {
    const { staking, bank, auth, ctx, updates } = bondedGenesis();
    expect(updates).toEqual([
      { publicKey: consensusPublicKey(2), power: 2n },
      { publicKey: consensusPublicKey(1), power: 1n },
    ]);
    expect(staking.keeper.totalBondedPower(ctx)).toBe(3n);
    expect(ctx.log.events).toEqual([]);
    expect(broken(ctx, staking.module, bank.module, auth.module)).toEqual([]);
    const [best] = staking.keeper.bondedValidators(ctx);
    expect(best?.operator).toEqual(account(2));
    expect(staking.keeper.validatorByConsensusAddress(ctx, best?.consensusAddress ?? account(0))?.operatorAddress).toBe(
      operatorText(2),
    );
  });

  test('state lies under the SDK’s keys (cosmos-sdk v0.50, x/staking/types/keys.go)', () => {
    const { state } = bondedGenesis();
    const stored = dump(state, 'staking');
    const [one, two] = ['01'.repeat(20), '02'.repeat(20)];
    // First 20 bytes of SHA-256 of 32 bytes of 01.
    const consensus = '72cd6e8422c407fb6d098690f1130b7ded7ec2f7';
    expect(stored[`1114${one}`]).toBe('0801');
    expect(stored['12']).toBe(`0a01${Buffer.from('3').toString('hex')}`);
    expect(stored[`2214${consensus}`]).toBe(one);
    expect(stored[`23000000000000000214${'fd'.repeat(20)}`]).toBe(two);
    expect(stored[`3114${one}14${one}`]).toBeDefined();
    expect(stored[`7114${one}${one}`]).toBe('');
    // UnbondingTime 100 s, 3 validators, 3 entries, "uinf", 10^16: fields 1, 2, 3, 5 and 6 of Params.
    expect(stored['51']).toBe(`0a020864100318032a0475696e663211${Buffer.from('10000000000000000').toString('hex')}`);
    const prefixes = new Set(Object.keys(stored).map((key) => key.slice(0, 2)));
    expect([...prefixes].sort()).toEqual(['11', '12', '21', '22', '23', '31', '51', '61', '71']);
  });

  test('what is exported is read back to the same state, in the middle of unbondings', () => {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    for (const byte of [1, 2, 3, 4]) createValidator(ctx, fixture, byte, BigInt(byte) * million);
    delegate(ctx, fixture, 5, 2, '12345');
    endBlock(ctx, fixture);
    undelegate(later(fixture, 2n, 5n), fixture, 5, 2, '45');
    endBlock(later(fixture, 2n, 5n), fixture);

    const again = bankFixture();
    const staking = createStaking({
      addresses,
      accounts: again.auth.keeper,
      bank: again.bank.keeper,
      authority: again.authority,
    });
    const start = blockContext(again.state, 0n);
    const copy = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    again.auth.module.initGenesis?.(start, copy(fixture.auth.module.exportGenesis?.(ctx)));
    again.bank.module.initGenesis?.(start, copy(fixture.bank.module.exportGenesis?.(ctx)));
    const updates = staking.module.initGenesis?.(start, copy(fixture.staking.module.exportGenesis?.(ctx)));
    expect(updates?.map(({ power }) => power)).toEqual([2n, 3n, 4n]);
    // Ids of unbondings (37, 38, 39) and the last updates (61) are not exported by the SDK either.
    const kept = (stored: Record<string, string>) =>
      Object.fromEntries(Object.entries(stored).filter(([key]) => !/^(37|38|39|61)/.test(key)));
    expect(kept(dump(again.state, 'staking'))).toEqual(kept(dump(fixture.state, 'staking')));
    expect(broken(start, staking.module, again.bank.module)).toEqual([]);
    const end = blockContext(again.state, 3n, 1_700_000_005n + unbondingSeconds);
    staking.module.endBlock?.(end);
    expect(again.bank.keeper.balance(end, account(5), 'uinf')).toBe(1_000_000_000_000n - 12300n);
  });

  test.each([
    [{ params: { ...params, max_validators: 0 } }, 'app_state.staking.params: max validators must be positive: 0'],
    [{ params: { ...params, unbonding_time: 'soon' } }, 'app_state.staking.params.unbonding_time: not a duration'],
    [
      { validators: [{ ...validatorJson(1, million), tokens: '-1' }] },
      'app_state.staking.validators[0].tokens: negative',
    ],
    [
      { validators: [{ ...validatorJson(1, million), status: 'BONDED' }] },
      'app_state.staking.validators[0].status: unknown status BONDED',
    ],
    [
      { validators: [validatorJson(1, million), validatorJson(1, million)] },
      'app_state.staking.validators[1]: the validator is there twice',
    ],
    [{ validators: [] }, 'app_state.staking.delegations[0]: the delegation is to an unknown validator'],
    [
      { validators: [], delegations: [] },
      'app_state.staking: bonded pool balance is different from bonded coins: 3000000 <-> 0',
    ],
  ])('a wrong one is refused with the path: %#', (change, problem) => {
    expect(() => bondedGenesis(change)).toThrow(problem);
  });
});

describe('queries', () => {
  const service = '/cosmos.staking.v1beta1.Query';

  test('Validators by status, Validator, Pool, Params', () => {
    const { staking, ctx } = bondedGenesis();
    const validators = (status: string) =>
      stakingQuery.QueryValidatorsResponse.decode(
        ask(
          ctx,
          staking.module,
          `${service}/Validators`,
          stakingQuery.QueryValidatorsRequest.encode({ status, pagination: undefined }).finish(),
        ),
      );
    expect(validators('').validators.map(({ operatorAddress }) => operatorAddress)).toEqual([
      operatorText(1),
      operatorText(2),
    ]);
    expect(validators('BOND_STATUS_BONDED').pagination?.total).toBe(2n);
    expect(validators('BOND_STATUS_UNBONDED').validators).toEqual([]);
    expect(refusal(() => validators('bonded'))).toBe(
      'sdk 18: rpc error: code = InvalidArgument desc = invalid validator status bonded: invalid request',
    );
    const one = (byte: number) =>
      stakingQuery.QueryValidatorResponse.decode(
        ask(
          ctx,
          staking.module,
          `${service}/Validator`,
          stakingQuery.QueryValidatorRequest.encode({ validatorAddr: operatorText(byte) }).finish(),
        ),
      ).validator;
    expect(one(2)).toMatchObject({ tokens: '2000000', delegatorShares: '2000000000000000000000000', status: 3 });
    expect(refusal(() => one(9))).toBe(
      `sdk 22: rpc error: code = NotFound desc = validator ${operatorText(9)} not found: key not found`,
    );
    const { pool } = stakingQuery.QueryPoolResponse.decode(
      ask(ctx, staking.module, `${service}/Pool`, new Uint8Array()),
    );
    expect(pool).toEqual({ bondedTokens: '3000000', notBondedTokens: '0' });
    const answer = stakingQuery.QueryParamsResponse.decode(
      ask(ctx, staking.module, `${service}/Params`, new Uint8Array()),
    );
    expect(answer.params).toMatchObject({ unbondingTime: { seconds: unbondingSeconds, nanos: 0 }, bondDenom: 'uinf' });
  });

  test('delegations seen from both sides, with what they are worth', () => {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    createValidator(ctx, fixture, 1, 5n * million);
    delegate(ctx, fixture, 5, 1, '100');
    endBlock(ctx, fixture);
    undelegate(ctx, fixture, 5, 1, '40');
    const { module } = fixture.staking;
    const byValidator = stakingQuery.QueryValidatorDelegationsResponse.decode(
      ask(
        ctx,
        module,
        `${service}/ValidatorDelegations`,
        stakingQuery.QueryValidatorDelegationsRequest.encode({
          validatorAddr: operatorText(1),
          pagination: undefined,
        }).finish(),
      ),
    );
    expect(byValidator.delegationResponses.map(({ balance }) => balance.amount)).toEqual(['5000000', '60']);
    const delegator = { delegatorAddr: accountText(5), pagination: undefined };
    const mine = stakingQuery.QueryDelegatorDelegationsResponse.decode(
      ask(
        ctx,
        module,
        `${service}/DelegatorDelegations`,
        stakingQuery.QueryDelegatorDelegationsRequest.encode(delegator).finish(),
      ),
    );
    expect(mine.delegationResponses[0]).toEqual({
      delegation: {
        delegatorAddress: accountText(5),
        validatorAddress: operatorText(1),
        shares: '60000000000000000000',
      },
      balance: { denom: 'uinf', amount: '60' },
    });
    const unbonding = stakingQuery.QueryDelegatorUnbondingDelegationsResponse.decode(
      ask(
        ctx,
        module,
        `${service}/DelegatorUnbondingDelegations`,
        stakingQuery.QueryDelegatorUnbondingDelegationsRequest.encode(delegator).finish(),
      ),
    );
    expect(unbonding.unbondingResponses[0]?.entries[0]).toMatchObject({
      balance: '40',
      creationHeight: 1n,
      unbondingId: 1n,
    });
    const validators = stakingQuery.QueryDelegatorValidatorsResponse.decode(
      ask(
        ctx,
        module,
        `${service}/DelegatorValidators`,
        stakingQuery.QueryDelegatorValidatorsRequest.encode(delegator).finish(),
      ),
    );
    expect(validators.validators.map(({ operatorAddress }) => operatorAddress)).toEqual([operatorText(1)]);
    const none = { delegatorAddr: accountText(6), validatorAddr: operatorText(1) };
    expect(
      refusal(() =>
        ask(ctx, module, `${service}/Delegation`, stakingQuery.QueryDelegationRequest.encode(none).finish()),
      ),
    ).toBe(
      `sdk 22: rpc error: code = NotFound desc = delegation with delegator ${accountText(6)} not found for validator ${operatorText(1)}: key not found`,
    );
  });
});
