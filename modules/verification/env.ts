import type { AddressCodec } from '../../sdk/address.ts';
import type {
  ContributionReader,
  EscrowBank,
  Outcomes,
  RandomBeacon,
  RoundReader,
  VerifierReputation,
  VerifierRewards,
  VerifierStaking,
  Vrf,
} from './expected.ts';
import type { TrainingRules } from './training.ts';

/** Everything that the module's functions work with besides the state. */
export interface Env {
  readonly addresses: AddressCodec;
  readonly bank: EscrowBank;
  readonly staking: VerifierStaking;
  readonly beacon: RandomBeacon;
  readonly contributions: ContributionReader;
  readonly outcomes: Outcomes;
  readonly rounds: RoundReader;
  readonly rewards: VerifierRewards;
  readonly reputation: VerifierReputation;
  readonly vrf: Vrf;
  readonly training: TrainingRules;
}

/**
 * Gas for work that no store access stands for: so much that a unit of gas buys about as much CPU time as in a bank send
 * (`npm run simulate -- --gas` measures it).
 */
export const gasCosts = {
  /** One ECVRF verification: two double scalar multiplications in plain TypeScript. */
  vrfVerify: 500_000n,
  /** One ECDSA verification, as the SDK charges it. */
  workerSignature: 1_000n,
  /** Reading and checking a specification. */
  parseSpec: 50_000n,
  /** Laying out one tensor of a unit's DAG; a unit may have thousands. */
  tensor: 100n,
  /** One opening: up to 64 nodes or chunks hashed. */
  opening: 20_000n,
  /** One leaf recomputed, its chunks hashed. */
  leaf: 400_000n,
} as const;

/** The one spelling of an address: Bech32 may be written in capitals, and texts are compared. */
export function addressText(env: Env, text: string): string {
  return env.addresses.accountText(env.addresses.account(text));
}
