import type { Context } from '../../chain/context.ts';
import { ed25519Keys, stakingTx } from '../../sdk/codec/index.ts';
import {
  account,
  accountText,
  addresses,
  blockContext,
  createFixture as createBankFixture,
  run,
} from '../bank/fixture.ts';
import type { StakingSigners } from './expected.ts';
import { createStaking } from './index.ts';
import { msgCreateValidator, msgDelegate, msgUndelegate } from './messages.ts';

/** auth, bank and staking on a state in memory; accounts 1 to 9 hold 10^12 uinf each. */

export const fortune = 1_000_000_000_000n;
/** The block time that `blockContext` starts from, seconds since the Unix epoch. */
export const startSeconds = 1_700_000_000n;
/** Unbonding time of the fixture's parameters, seconds. */
export const unbondingSeconds = 100n;

export function operatorText(byte: number): string {
  return addresses.operatorText(account(byte));
}

/** An Ed25519 key of 32 equal bytes, which nobody signs with. */
export function consensusPublicKey(byte: number): Uint8Array {
  return new Uint8Array(32).fill(byte);
}

export const params = {
  unbonding_time: `${unbondingSeconds}s`,
  max_validators: 3,
  max_entries: 3,
  historical_entries: 0,
  bond_denom: 'uinf',
  min_commission_rate: '0.010000000000000000',
};

export function createFixture(staking: Record<string, unknown> = {}, signers?: StakingSigners) {
  const fixture = createBankFixture();
  const { auth, bank, authority, state } = fixture;
  const parts = createStaking({
    addresses,
    accounts: auth.keeper,
    bank: bank.keeper,
    authority,
    ...(signers && { signers }),
  });
  const ctx = blockContext(state, 0n);
  auth.module.initGenesis?.(ctx, {});
  const bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  bank.module.initGenesis?.(ctx, {
    balances: bytes.map((byte) => ({
      address: accountText(byte),
      coins: [{ denom: 'uinf', amount: fortune.toString() }],
    })),
  });
  for (const byte of bytes) auth.keeper.create(ctx, account(byte));
  const updates = parts.module.initGenesis?.(ctx, { params, ...staking });
  return { ...fixture, staking: parts, updates };
}

export type Fixture = ReturnType<typeof createFixture>;

/** The fixture's state in a later block, `seconds` after the start. */
export function later({ state }: Fixture, height: bigint, seconds = 0n): Context {
  return blockContext(state, height, startSeconds + seconds);
}

const percent = (count: bigint) => (count * 10n ** 16n).toString();

export function createValidatorMessage(byte: number, tokens: bigint): stakingTx.MsgCreateValidator {
  return {
    description: { moniker: `node${byte}`, identity: '', website: '', securityContact: '', details: '' },
    commission: { rate: percent(10n), maxRate: percent(20n), maxChangeRate: percent(1n) },
    minSelfDelegation: '1',
    delegatorAddress: '',
    validatorAddress: operatorText(byte),
    pubkey: {
      typeUrl: '/cosmos.crypto.ed25519.PubKey',
      value: ed25519Keys.PubKey.encode({ key: consensusPublicKey(byte) }).finish(),
    },
    value: { denom: 'uinf', amount: tokens.toString() },
  };
}

export function createValidator(ctx: Context, { staking }: Fixture, byte: number, tokens: bigint): void {
  const message = stakingTx.MsgCreateValidator.encode(createValidatorMessage(byte, tokens)).finish();
  run(ctx, staking.module, msgCreateValidator.typeUrl, message);
}

export function delegate(ctx: Context, { staking }: Fixture, from: number, to: number, amount: string): void {
  const message = {
    delegatorAddress: accountText(from),
    validatorAddress: operatorText(to),
    amount: { denom: 'uinf', amount },
  };
  run(ctx, staking.module, msgDelegate.typeUrl, stakingTx.MsgDelegate.encode(message).finish());
}

export function undelegate(ctx: Context, { staking }: Fixture, from: number, to: number, amount: string): void {
  const message = {
    delegatorAddress: accountText(from),
    validatorAddress: operatorText(to),
    amount: { denom: 'uinf', amount },
  };
  run(ctx, staking.module, msgUndelegate.typeUrl, stakingTx.MsgUndelegate.encode(message).finish());
}

/** Ends the block: `[byte of the key, power]` of each update. */
export function endBlock(ctx: Context, { staking }: Fixture): [number | undefined, bigint][] {
  const updates = staking.module.endBlock?.(ctx) ?? [];
  return updates.map(({ publicKey, power }) => [publicKey[0], power]);
}
