import { validatorSets } from '../../chain/app/kernelState.ts';
import { consensusAddress } from '../../chain/app/validators.ts';
import { abci } from '../../sdk/codec/index.ts';
import { operators } from './actors.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';

const { DUPLICATE_VOTE, LIGHT_CLIENT_ATTACK } = abci.MisbehaviorType;

/** What CometBFT may say about validators that signed twice, and what it never would: no list may halt the chain. */
export function misbehaviorAt(height: bigint, seconds: bigint, { app }: Machine, random: Random): abci.Misbehavior[] {
  if (!random.oneIn(40)) return [];
  const signers = validatorSets.get(app.queryContext(), height)?.validators ?? [];
  const addresses = [
    ...signers.map(({ publicKey }) => consensusAddress(publicKey)),
    ...operators.map(({ consensus }) => consensus.address),
    random.bytes(20),
    new Uint8Array(),
  ];
  const ago = random.pick([0n, 1n, 3n, 20n, 500n, -5n]);
  const one: abci.Misbehavior = {
    type: random.pick([DUPLICATE_VOTE, DUPLICATE_VOTE, LIGHT_CLIENT_ATTACK, abci.MisbehaviorType.UNKNOWN]),
    validator: { address: random.pick(addresses), power: random.between(0n, 100_000n) },
    height: height - ago,
    time: { seconds: seconds - 4n * ago, nanos: 0 },
    totalVotingPower: random.between(0n, 500_000n),
  };
  const other = { ...one, validator: { address: random.pick(addresses), power: 1n } };
  return random.oneIn(3) ? [one, one, other] : [one];
}
