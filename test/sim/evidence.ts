import { validatorSets } from '../../chain/app/kernelState.ts';
import { consensusAddress } from '../../chain/app/validators.ts';
import { abci } from '../../sdk/codec/index.ts';
import { operators } from './actors.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';

const { DUPLICATE_VOTE, LIGHT_CLIENT_ATTACK } = abci.MisbehaviorType;

/** Validators that a simulated chain keeps, so that it has something to verify with: nobody tombstoned comes back. */
export const fewest = 4;

/** Evidence in one block of forty. */
export function misbehaviorAt(height: bigint, seconds: bigint, machine: Machine, random: Random): abci.Misbehavior[] {
  return random.oneIn(40) ? misbehavior(height, seconds, machine, random) : [];
}

/** What CometBFT may say about validators that signed twice, and what it never would: no list may halt the chain. */
export function misbehavior(height: bigint, seconds: bigint, { app }: Machine, random: Random): abci.Misbehavior[] {
  const signers = validatorSets.get(app.queryContext(), height)?.validators ?? [];
  const unknown = [random.bytes(20), new Uint8Array()].map((address) => ({ address, power: 1n }));
  const ago = random.pick([0n, 1n, 3n, 20n, 500n, -5n]);
  const type = random.pick([DUPLICATE_VOTE, DUPLICATE_VOTE, LIGHT_CLIENT_ATTACK, abci.MisbehaviorType.UNKNOWN]);
  const odd = operators.map(({ consensus }) => ({ address: consensus.address, power: random.between(-1n, 100_000n) }));
  const signing = signers.map(({ publicKey, power }) => ({ address: consensusAddress(publicKey), power }));
  const validator = random.pick(signing.length > fewest ? [...signing, ...odd, ...unknown] : unknown);
  const one: abci.Misbehavior = {
    type,
    validator,
    height: height - ago,
    time: { seconds: seconds - 4n * ago, nanos: 0 },
    totalVotingPower: random.between(0n, 500_000n),
  };
  const other = { ...one, validator: random.pick(unknown) };
  return random.oneIn(3) ? [one, one, other] : [one];
}
