import { createHash } from 'node:crypto';
import { fromBech32 } from '@cosmjs/encoding';
import { z } from 'zod';
import type { ChainEvent } from '../../../chain/events.ts';
import * as staking from '../../../modules/staking/events.ts';
import { ed25519Keys, stakingTx } from '../../../sdk/codec/index.ts';
import type { Changes } from '../../database/changes.ts';
import { hexText } from '../../hex.ts';
import { readCoins } from '../coins.ts';
import { genesisMessages, operatorAccount } from '../genesis.ts';
import { on, onMessage, type View } from '../view.ts';
import { delegations, slashes, stakes, validators, votingPowers } from './tables.ts';

/** Leaves a field of MsgEditValidator as it is (x/staking/types). */
const doNotModify = '[do-not-modify]';
const powerReduction = 1_000_000n;

const recordSlash = on(staking.slash, ({ address, power, reason, burned_coins }, { height, position }, changes) =>
  changes.insert(slashes, {
    height,
    position,
    consensusAddress: hexText(fromBech32(address).data),
    power: power.toString(),
    reason,
    burned: burned_coins.toString(),
  }),
);

/** x/slashing tells of a jailing alone under the type of a slash, with one attribute of another name. */
function burns({ attributes }: ChainEvent): boolean {
  return attributes.some(({ key }) => key === 'burned_coins');
}

export const validatorsView: View = {
  name: 'validators',
  version: 1,
  tables: [validators, stakes, votingPowers, delegations, slashes],
  events: [
    on(staking.createValidator, ({ validator, amount }, { height, prefix }, changes) =>
      give(changes, height, operatorAccount(prefix, validator), validator, amount, 1n),
    ),
    on(staking.delegate, ({ delegator, validator, amount }, { height }, changes) =>
      give(changes, height, delegator, validator, amount, 1n),
    ),
    on(staking.cancelUnbonding, ({ delegator, validator, amount }, { height }, changes) =>
      give(changes, height, delegator, validator, amount, 1n),
    ),
    on(staking.unbond, ({ delegator, validator, amount }, { height }, changes) =>
      give(changes, height, delegator, validator, amount, -1n),
    ),
    {
      type: recordSlash.type,
      handle: (event, place, changes) => {
        if (burns(event)) recordSlash.handle(event, place, changes);
      },
    },
  ],
  messages: [
    onMessage(stakingTx.MsgCreateValidator.typeUrl, stakingTx.MsgCreateValidator, (message, place, changes) =>
      create(message, place, changes),
    ),
    onMessage(stakingTx.MsgEditValidator.typeUrl, stakingTx.MsgEditValidator, (message, _, changes) => {
      const { moniker = doNotModify, website = doNotModify, details = doNotModify } = message.description ?? {};
      changes.update(validators, {
        operatorAddress: message.validatorAddress,
        ...(moniker === doNotModify ? {} : { moniker }),
        ...(website === doNotModify ? {} : { website }),
        ...(details === doNotModify ? {} : { details }),
        ...(message.commissionRate === '' ? {} : { commissionRate: decimalText(message.commissionRate) }),
      });
    }),
    // The event of a redelegation does not say whose it is.
    onMessage(stakingTx.MsgBeginRedelegate.typeUrl, stakingTx.MsgBeginRedelegate, (message, { height }, changes) => {
      const { delegatorAddress, validatorSrcAddress, validatorDstAddress } = message;
      const coins = `${message.amount.amount}${message.amount.denom}`;
      give(changes, height, delegatorAddress, validatorSrcAddress, coins, -1n);
      give(changes, height, delegatorAddress, validatorDstAddress, coins, 1n);
    }),
  ],
  validatorUpdate: ({ address, power }, { height }, changes) =>
    changes.put(votingPowers, { consensusAddress: address, power, height }),
  genesis: (appState, { prefix, height }, changes) => {
    const genesis = genesisShape.parse(appState.staking ?? {});
    for (const entry of genesis.validators) {
      const { operator_address: operatorAddress, consensus_pubkey: key, description } = entry;
      const consensusAddress = addressOfKey(Buffer.from(key.key, 'base64'));
      changes.insert(validators, {
        operatorAddress,
        account: operatorAccount(prefix, operatorAddress),
        consensusAddress,
        moniker: description.moniker,
        website: description.website,
        details: description.details,
        commissionRate: entry.commission.commission_rates.rate,
        createdHeight: height,
      });
      changes.add(stakes, { operatorAddress, height }, { amount: BigInt(entry.tokens) });
      if (entry.status === 'BOND_STATUS_BONDED') {
        const power = (BigInt(entry.tokens) / powerReduction).toString();
        changes.put(votingPowers, { consensusAddress, power, height });
      }
    }
    for (const { delegator_address: delegator, validator_address: operatorAddress, shares } of genesis.delegations) {
      // Shares are tokens as long as nobody was slashed, and nobody was before the first block of a new chain.
      const amount = BigInt(shares.split('.')[0] ?? '0');
      changes.add(delegations, { delegator, operatorAddress, height }, { amount });
    }
    for (const { typeUrl, value } of genesisMessages(appState)) {
      if (typeUrl !== stakingTx.MsgCreateValidator.typeUrl) continue;
      const message = stakingTx.MsgCreateValidator.decode(value);
      const { validatorAddress, value: stake } = message;
      const consensusAddress = create(message, { height, prefix }, changes);
      give(
        changes,
        height,
        operatorAccount(prefix, validatorAddress),
        validatorAddress,
        `${stake.amount}${stake.denom}`,
        1n,
      );
      changes.put(votingPowers, {
        consensusAddress,
        power: (BigInt(stake.amount) / powerReduction).toString(),
        height,
      });
    }
  },
};

const text = z.string().default('');
const genesisShape = z.object({
  validators: z
    .array(
      z.object({
        operator_address: z.string(),
        consensus_pubkey: z.object({ key: z.string() }),
        status: z.string().or(z.number()),
        tokens: z.string(),
        description: z.object({ moniker: text, website: text, details: text }),
        commission: z.object({ commission_rates: z.object({ rate: z.string() }) }),
      }),
    )
    .default([]),
  delegations: z
    .array(z.object({ delegator_address: z.string(), validator_address: z.string(), shares: z.string() }))
    .default([]),
});

/** Returns the consensus address. */
function create(
  message: stakingTx.MsgCreateValidator,
  { height, prefix }: { height: number; prefix: string },
  changes: Changes,
): string {
  const operatorAddress = message.validatorAddress;
  const consensusAddress = addressOfKey(ed25519Keys.PubKey.decode(message.pubkey?.value ?? new Uint8Array()).key);
  changes.put(validators, {
    operatorAddress,
    account: operatorAccount(prefix, operatorAddress),
    consensusAddress,
    moniker: message.description.moniker,
    website: message.description.website,
    details: message.description.details,
    commissionRate: decimalText(message.commission.rate),
    createdHeight: height,
  });
  return consensusAddress;
}

function give(
  changes: Changes,
  height: number,
  delegator: string,
  operatorAddress: string,
  coins: string,
  sign: bigint,
): void {
  for (const { amount } of readCoins(coins)) {
    changes.add(delegations, { delegator, operatorAddress, height }, { amount: sign * amount });
    changes.add(stakes, { operatorAddress, height }, { amount: sign * amount });
  }
}

function addressOfKey(key: Uint8Array): string {
  return hexText(createHash('sha256').update(key).digest().subarray(0, 20));
}

/** A decimal travels as an integer of 10^-18. */
function decimalText(atomics: string): string {
  const digits = atomics.padStart(19, '0');
  return `${digits.slice(0, -18)}.${digits.slice(-18)}`;
}
