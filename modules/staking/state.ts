import { Item, Sequence, Table } from '../../chain/collections/collections.ts';
import { lengthPrefixedKey, pairKey, tripleKey, u64Key } from '../../chain/collections/keys.ts';
import { bytesValue, protoValue, u64Value, type ValueCodec } from '../../chain/collections/values.ts';
import type { Context } from '../../chain/context.ts';
import { fromByteString } from '../../chain/store/kv.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { BinaryReader, BinaryWriter, staking } from '../../sdk/codec/index.ts';
import {
  type Delegation,
  delegationValue,
  type Redelegation,
  redelegationValue,
  type UnbondingDelegation,
  unbondingValue,
} from './delegations.ts';
import { addressThenRaw, powerKey, queueKey, timeKey } from './keys.ts';
import { paramsValue } from './params.ts';
import { consensusAddress, consensusKey, potentialPower, type Validator, validatorValue } from './validator.ts';

export const stakingStore = 'staking';

const nothing = new Uint8Array();

/** `google.protobuf.Int64Value`: no bytes for 0. */
const int64Value: ValueCodec<bigint> = {
  write: (value) => (value === 0n ? nothing : new BinaryWriter().uint32(8).int64(value).finish()),
  read: (bytes) => {
    if (bytes.length === 0) return 0n;
    const reader = new BinaryReader(bytes);
    reader.uint32();
    return reader.int64();
  },
};

/** The SDK's `IntProto`: field 1 with decimal digits. */
const intProtoValue: ValueCodec<bigint> = {
  write: (value) => new BinaryWriter().uint32(10).string(value.toString()).finish(),
  read: (bytes) => {
    const reader = new BinaryReader(bytes);
    reader.uint32();
    return BigInt(reader.string());
  },
};

/** What an unbonding id stands for, in state as u64. */
export const unbondingTypes = { delegation: 1n, redelegation: 2n, validator: 3n } as const;

/**
 * All state of staking, byte for byte as in cosmos-sdk v0.50 (x/staking/types/keys.go). Addresses have a length byte
 * before them unless said otherwise; times are sortable text of 29 bytes.
 *
 * | key | value |
 * |---|---|
 * | `11` operator | Int64Value: power in the active set |
 * | `12` | IntProto: power of the active set |
 * | `21` operator | Validator |
 * | `22` consensus address | operator, raw |
 * | `23` power u64, operator inverted | operator, raw; jailed ones are left out |
 * | `31` delegator operator | Delegation |
 * | `32` delegator operator | UnbondingDelegation |
 * | `33` operator delegator | empty |
 * | `34` delegator source destination | Redelegation |
 * | `35` source delegator destination | empty |
 * | `36` destination delegator source | empty |
 * | `37` | last unbonding id, u64 |
 * | `38` id u64 | key of what is unbonding |
 * | `39` id u64 | kind of it, u64 |
 * | `41` time | DVPairs: unbondings that end then |
 * | `42` time | DVVTriplets: redelegations that end then |
 * | `43` length of time u64, time, height u64 | ValAddresses: validators that have unbonded then |
 * | `51` | Params |
 * | `61` | ValidatorUpdates of the last block |
 * | `71` operator, delegator raw | empty |
 */
export class StakingState {
  readonly params = new Item(stakingStore, '\x51', paramsValue);
  readonly lastPower = new Table(stakingStore, '\x11', lengthPrefixedKey, int64Value);
  readonly lastTotalPower = new Item(stakingStore, '\x12', intProtoValue);
  readonly lastUpdates = new Item(stakingStore, '\x61', protoValue<staking.ValidatorUpdates>(staking.ValidatorUpdates));
  readonly validators: Table<Uint8Array, Validator>;
  readonly byConsensusAddress = new Table(stakingStore, '\x22', lengthPrefixedKey, bytesValue);
  readonly byPower = new Table(stakingStore, '\x23', powerKey, bytesValue);
  readonly delegations = new Table(
    stakingStore,
    '\x31',
    pairKey(lengthPrefixedKey, lengthPrefixedKey),
    delegationValue,
  );
  readonly delegationsByValidator = new Table(stakingStore, '\x71', addressThenRaw, bytesValue);
  readonly unbondings = new Table(stakingStore, '\x32', pairKey(lengthPrefixedKey, lengthPrefixedKey), unbondingValue);
  readonly unbondingsByValidator = new Table(
    stakingStore,
    '\x33',
    pairKey(lengthPrefixedKey, lengthPrefixedKey),
    bytesValue,
  );
  readonly redelegations = new Table(
    stakingStore,
    '\x34',
    tripleKey(lengthPrefixedKey, lengthPrefixedKey, lengthPrefixedKey),
    redelegationValue,
  );
  readonly redelegationsBySource = new Table(
    stakingStore,
    '\x35',
    tripleKey(lengthPrefixedKey, lengthPrefixedKey, lengthPrefixedKey),
    bytesValue,
  );
  readonly redelegationsByDestination = new Table(
    stakingStore,
    '\x36',
    tripleKey(lengthPrefixedKey, lengthPrefixedKey, lengthPrefixedKey),
    bytesValue,
  );
  readonly lastUnbondingId = new Sequence(stakingStore, '\x37', 0n);
  readonly unbondingIndex = new Table(stakingStore, '\x38', u64Key, bytesValue);
  readonly unbondingType = new Table(stakingStore, '\x39', u64Key, u64Value);
  readonly unbondingQueue = new Table(stakingStore, '\x41', timeKey, protoValue<staking.DVPairs>(staking.DVPairs));
  readonly redelegationQueue = new Table(
    stakingStore,
    '\x42',
    timeKey,
    protoValue<staking.DVVTriplets>(staking.DVVTriplets),
  );
  readonly validatorQueue = new Table(
    stakingStore,
    '\x43',
    queueKey,
    protoValue<staking.ValAddresses>(staking.ValAddresses),
  );

  constructor(addresses: AddressCodec) {
    this.validators = new Table(stakingStore, '\x21', lengthPrefixedKey, validatorValue(addresses));
  }

  setValidator(ctx: Context, validator: Validator): void {
    this.validators.set(ctx, validator.operator, validator);
  }

  setConsensusAddress(ctx: Context, validator: Validator): void {
    const address = consensusAddress(consensusKey(validator.consensusPubkey));
    this.byConsensusAddress.set(ctx, address, validator.operator);
  }

  /** Jailed validators have no place in the ranking. */
  addToRanking(ctx: Context, validator: Validator): void {
    if (!validator.jailed) this.byPower.set(ctx, rank(validator), validator.operator);
  }

  removeFromRanking(ctx: Context, validator: Validator): void {
    this.byPower.remove(ctx, rank(validator));
  }

  setDelegation(ctx: Context, delegator: Uint8Array, operator: Uint8Array, delegation: Delegation): void {
    this.delegations.set(ctx, [delegator, operator], delegation);
    this.delegationsByValidator.set(ctx, [operator, delegator], nothing);
  }

  removeDelegation(ctx: Context, delegator: Uint8Array, operator: Uint8Array): void {
    this.delegations.remove(ctx, [delegator, operator]);
    this.delegationsByValidator.remove(ctx, [operator, delegator]);
  }

  /** Without entries nothing is kept. */
  setUnbonding(ctx: Context, delegator: Uint8Array, operator: Uint8Array, unbonding: UnbondingDelegation): void {
    if (unbonding.entries.length === 0) {
      this.unbondings.remove(ctx, [delegator, operator]);
      this.unbondingsByValidator.remove(ctx, [operator, delegator]);
    } else {
      this.unbondings.set(ctx, [delegator, operator], unbonding);
      this.unbondingsByValidator.set(ctx, [operator, delegator], nothing);
    }
  }

  /** Without entries nothing is kept. */
  setRedelegation(
    ctx: Context,
    [delegator, source, destination]: readonly [Uint8Array, Uint8Array, Uint8Array],
    redelegation: Redelegation,
  ): void {
    if (redelegation.entries.length === 0) {
      this.redelegations.remove(ctx, [delegator, source, destination]);
      this.redelegationsBySource.remove(ctx, [source, delegator, destination]);
      this.redelegationsByDestination.remove(ctx, [destination, delegator, source]);
    } else {
      this.redelegations.set(ctx, [delegator, source, destination], redelegation);
      this.redelegationsBySource.set(ctx, [source, delegator, destination], nothing);
      this.redelegationsByDestination.set(ctx, [destination, delegator, source], nothing);
    }
  }

  nextUnbondingId(ctx: Context): bigint {
    const id = this.lastUnbondingId.peek(ctx) + 1n;
    this.lastUnbondingId.set(ctx, id);
    return id;
  }

  /** Lets an unbonding be found by its id; `key` is the key of what unbonds. */
  indexUnbonding(ctx: Context, id: bigint, type: keyof typeof unbondingTypes, key: string): void {
    this.unbondingIndex.set(ctx, id, fromByteString(key));
    this.unbondingType.set(ctx, id, unbondingTypes[type]);
  }
}

/** Raw keys, for the index of unbonding ids and the prefixes of walks. */
export const rawKeys = {
  validator: (operator: Uint8Array) => `\x21${addressPrefix(operator)}`,
  unbonding: (delegator: Uint8Array, operator: Uint8Array) =>
    `\x32${addressPrefix(delegator)}${addressPrefix(operator)}`,
  redelegation: (delegator: Uint8Array, source: Uint8Array, destination: Uint8Array) =>
    `\x34${addressPrefix(delegator)}${addressPrefix(source)}${addressPrefix(destination)}`,
};

/** An address as the first part of a key, for walks over all that begins with it. */
export function addressPrefix(address: Uint8Array): string {
  return lengthPrefixedKey.write(address, false);
}

function rank(validator: Validator): readonly [bigint, Uint8Array] {
  return [potentialPower(validator), validator.operator];
}
