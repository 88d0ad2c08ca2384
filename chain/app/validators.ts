import { hash } from 'node:crypto';
import type { ValidatorSet } from '../../proto/generated/infinet/chain/v1/state.ts';
import type { abci } from '../../sdk/codec/index.ts';
import type { ValidatorUpdate } from '../module.ts';

/** CometBFT's limit for the power of a whole set (types/validator_set.go). */
const maxTotalPower = (1n << 63n) / 8n;

/** First 20 bytes of SHA-256 of an Ed25519 key. */
export function consensusAddress(publicKey: Uint8Array): Uint8Array {
  return Uint8Array.from(hash('sha256', publicKey, 'buffer').subarray(0, 20));
}

/**
 * The set after a block's updates, in CometBFT's order. Throws on what CometBFT would halt on: a key twice, a negative
 * power, the removal of an unknown validator, an empty set, too much power.
 */
export function applyUpdates(set: ValidatorSet, updates: readonly ValidatorUpdate[]): ValidatorSet {
  if (updates.length === 0) return set;
  const powers = new Map(set.validators.map(({ publicKey, power }) => [keyText(publicKey), power]));
  const seen = new Set<string>();
  for (const { publicKey, power } of updates) {
    const key = keyText(publicKey);
    if (publicKey.length !== 32) throw new Error(`validator key ${key} is not an Ed25519 key`);
    if (power < 0n) throw new Error(`validator ${key} gets a negative power`);
    if (seen.has(key)) throw new Error(`validator ${key} is updated twice in one block`);
    if (power === 0n && !powers.has(key)) throw new Error(`validator ${key} is removed but not in the set`);
    seen.add(key);
    if (power === 0n) powers.delete(key);
    else powers.set(key, power);
  }
  const validators = [...powers].map(([key, power]) => ({
    publicKey: Uint8Array.from(Buffer.from(key, 'hex')),
    power,
  }));
  if (validators.length === 0) throw new Error('a block would leave the chain without validators');
  if (totalPower({ validators }) > maxTotalPower) throw new Error('the total voting power is over CometBFT`s limit');
  return { validators: inCometOrder(validators) };
}

/** Powers of all, added up. */
export function totalPower(set: ValidatorSet): bigint {
  return set.validators.reduce((sum, { power }) => sum + power, 0n);
}

/** Updates as CometBFT takes them, ordered by key so that every node answers the same bytes. */
export function toCometUpdates(updates: readonly ValidatorUpdate[]): abci.ValidatorUpdate[] {
  return [...updates]
    .sort((a, b) => Buffer.compare(a.publicKey, b.publicKey))
    .map(({ publicKey, power }) => ({ pubKey: { ed25519: publicKey }, power }));
}

/** Throws when a validator of the genesis file has a key that is not Ed25519. */
export function fromCometUpdates(updates: readonly abci.ValidatorUpdate[]): ValidatorUpdate[] {
  return updates.map(({ pubKey, power }) => {
    if (pubKey.ed25519 === undefined) throw new Error('a genesis validator has a key that is not Ed25519');
    return { publicKey: pubKey.ed25519, power };
  });
}

/** Power descending, then address ascending (CometBFT's `ValidatorsByVotingPower`). */
function inCometOrder(validators: ValidatorSet['validators']): ValidatorSet['validators'] {
  return validators
    .map((validator) => ({ validator, address: consensusAddress(validator.publicKey) }))
    .sort((a, b) => compareBigints(b.validator.power, a.validator.power) || Buffer.compare(a.address, b.address))
    .map(({ validator }) => validator);
}

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function keyText(publicKey: Uint8Array): string {
  return Buffer.from(publicKey).toString('hex');
}
