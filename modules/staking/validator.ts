import { createHash } from 'node:crypto';
import type { ValueCodec } from '../../chain/collections/values.ts';
import { fail, failUnregistered } from '../../chain/errors.ts';
import { ed25519KeyType } from '../../chain/json/publicKey.ts';
import { Dec } from '../../chain/math/dec.ts';
import { fromTimestamp, toTimestamp } from '../../chain/time.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { ed25519Keys, type protoAny, staking } from '../../sdk/codec/index.ts';
import { stakingErrors } from './errors.ts';

export const BondStatus = staking.BondStatus;

/** Tokens of the bond denomination for one unit of consensus power. */
export const powerReduction = 1_000_000n;

export interface Commission {
  /** Share of rewards, 0 to 1. */
  readonly rate: Dec;
  readonly maxRate: Dec;
  /** Largest rise of `rate` a day. */
  readonly maxChangeRate: Dec;
  /** Nanoseconds since the Unix epoch. */
  readonly updateTime: bigint;
}

/** A validator as it is stored. Never changed in place. */
export interface Validator {
  /** Address of the operator's account, raw. */
  readonly operator: Uint8Array;
  /** Bech32 operator address. */
  readonly operatorAddress: string;
  readonly consensusPubkey: protoAny.Any;
  /** Out of the active set until it is let back in, whatever its stake. */
  readonly jailed: boolean;
  readonly status: staking.BondStatus;
  /** Delegated tokens, its own among them. */
  readonly tokens: bigint;
  /** Shares of those tokens; a slash lowers what a share is worth. */
  readonly delegatorShares: Dec;
  readonly description: staking.Description;
  /** Height at which it began to unbond. */
  readonly unbondingHeight: bigint;
  /** When it will have unbonded, nanoseconds since the Unix epoch. */
  readonly unbondingTime: bigint;
  readonly commission: Commission;
  /** Tokens; below it the validator is jailed. */
  readonly minSelfDelegation: bigint;
  readonly unbondingOnHoldRefCount: bigint;
  readonly unbondingIds: readonly bigint[];
}

/** The form of state and queries. */
export function validatorProto(validator: Validator): staking.Validator {
  const { commission } = validator;
  return {
    operatorAddress: validator.operatorAddress,
    consensusPubkey: validator.consensusPubkey,
    jailed: validator.jailed,
    status: validator.status,
    tokens: validator.tokens.toString(),
    delegatorShares: validator.delegatorShares.toAtomsText(),
    description: validator.description,
    unbondingHeight: validator.unbondingHeight,
    unbondingTime: toTimestamp(validator.unbondingTime),
    commission: {
      commissionRates: {
        rate: commission.rate.toAtomsText(),
        maxRate: commission.maxRate.toAtomsText(),
        maxChangeRate: commission.maxChangeRate.toAtomsText(),
      },
      updateTime: toTimestamp(commission.updateTime),
    },
    minSelfDelegation: validator.minSelfDelegation.toString(),
    unbondingOnHoldRefCount: validator.unbondingOnHoldRefCount,
    unbondingIds: [...validator.unbondingIds],
  };
}

/** Validators in state; decoded ones are remembered by the identity of the stored bytes, which never change. */
export function validatorValue(addresses: AddressCodec): ValueCodec<Validator> {
  const decoded = new WeakMap<Uint8Array, Validator>();
  return {
    write: (validator) => staking.Validator.encode(validatorProto(validator)).finish(),
    read: (bytes) => {
      let validator = decoded.get(bytes);
      if (validator === undefined) {
        validator = readValidator(staking.Validator.decode(bytes), addresses);
        decoded.set(bytes, validator);
      }
      return validator;
    },
  };
}

function readValidator(proto: staking.Validator, addresses: AddressCodec): Validator {
  const { consensusPubkey, commission } = proto;
  if (consensusPubkey === undefined) throw new Error(`validator ${proto.operatorAddress} lacks its consensus key`);
  const { rate, maxRate, maxChangeRate } = commission.commissionRates;
  return {
    ...proto,
    operator: addresses.operator(proto.operatorAddress),
    consensusPubkey,
    tokens: BigInt(proto.tokens),
    delegatorShares: Dec.parseAtoms(proto.delegatorShares),
    unbondingTime: fromTimestamp(proto.unbondingTime),
    commission: {
      rate: Dec.parseAtoms(rate),
      maxRate: Dec.parseAtoms(maxRate),
      maxChangeRate: Dec.parseAtoms(maxChangeRate),
      updateTime: fromTimestamp(commission.updateTime),
    },
    minSelfDelegation: BigInt(proto.minSelfDelegation),
  };
}

/** Ed25519 consensus key, 32 bytes. Throws `staking` 6 for other kinds of keys and an `Error` for other lengths. */
export function consensusKey(pubkey: protoAny.Any): Uint8Array {
  if (pubkey.typeUrl !== ed25519KeyType) {
    fail(stakingErrors.pubKeyTypeNotSupported, `got: ${keyKind(pubkey.typeUrl)}, expected: [ed25519]`);
  }
  const { key } = ed25519Keys.PubKey.decode(pubkey.value);
  if (key.length !== 32) failUnregistered(`an ed25519 public key has 32 bytes, not ${key.length}`);
  return key;
}

/** The address under which CometBFT knows the validator: the first 20 bytes of SHA-256 of its key. */
export function consensusAddress(key: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(key).digest().subarray(0, 20));
}

/** The power that the tokens are worth, bonded or not. */
export function potentialPower(validator: Validator): bigint {
  return validator.tokens / powerReduction;
}

/** The power in consensus: none unless bonded. */
export function consensusPower(validator: Validator): bigint {
  return validator.status === BondStatus.BOND_STATUS_BONDED ? potentialPower(validator) : 0n;
}

export function isBonded(validator: Validator): boolean {
  return validator.status === BondStatus.BOND_STATUS_BONDED;
}

/** After a slash of everything shares are worth nothing, and new delegations are impossible. */
export function hasInvalidExchangeRate(validator: Validator): boolean {
  return validator.tokens === 0n && validator.delegatorShares.isPositive;
}

export function tokensFromShares(validator: Validator, shares: Dec): Dec {
  return shares.mulInt(validator.tokens).quo(validator.delegatorShares);
}

/** Throws `staking` 22 if the validator has no tokens. */
export function sharesFromTokens(validator: Validator, tokens: bigint): Dec {
  if (validator.tokens === 0n) fail(stakingErrors.insufficientShares);
  return validator.delegatorShares.mulInt(tokens).quoInt(validator.tokens);
}

/** As `sharesFromTokens`, rounded down. */
export function sharesFromTokensTruncated(validator: Validator, tokens: bigint): Dec {
  if (validator.tokens === 0n) fail(stakingErrors.insufficientShares);
  return validator.delegatorShares.mulInt(tokens).quoTruncate(Dec.fromInt(validator.tokens));
}

/** The validator with more tokens, and the shares issued for them; the first delegation makes a share worth a token. */
export function addTokens(validator: Validator, tokens: bigint): { validator: Validator; shares: Dec } {
  const shares = validator.delegatorShares.isZero ? Dec.fromInt(tokens) : sharesFromTokens(validator, tokens);
  return {
    shares,
    validator: {
      ...validator,
      tokens: validator.tokens + tokens,
      delegatorShares: validator.delegatorShares.add(shares),
    },
  };
}

/** The validator with fewer shares, and the tokens they were worth, rounded down; the last share takes the rest. */
export function removeShares(validator: Validator, shares: Dec): { validator: Validator; tokens: bigint } {
  const remaining = validator.delegatorShares.sub(shares);
  const tokens = remaining.isZero ? validator.tokens : tokensFromShares(validator, shares).truncateInt();
  if (tokens > validator.tokens) throw new Error('attempting to remove more tokens than available in validator');
  return { tokens, validator: { ...validator, tokens: validator.tokens - tokens, delegatorShares: remaining } };
}

/** What Go calls a key's type: `secp256k1` of `/cosmos.crypto.secp256k1.PubKey`. */
function keyKind(typeUrl: string): string {
  return typeUrl.split('.').at(-2) ?? typeUrl;
}
