import type { Context } from '../../chain/context.ts';
import type { Misbehavior } from '../../chain/module.ts';
import type { cometParams } from '../../sdk/codec/index.ts';
import { moduleAddress } from '../auth/keeper.ts';
import { addresses, broken, dump } from '../bank/fixture.ts';
import { createEvidence } from '../evidence/index.ts';
import { consensusPublicKey, createFixture as createStakingFixture, later, startSeconds } from '../staking/fixture.ts';
import { consensusAddress } from '../staking/validator.ts';
import { createSlashing } from './index.ts';

/** Evidence older than both counts no more. */
export const maxAge = { blocks: 10n, seconds: 50n } as const;

const consensusParams: cometParams.ConsensusParams = {
  evidence: {
    maxAgeNumBlocks: maxAge.blocks,
    maxAgeDuration: { seconds: maxAge.seconds, nanos: 0 },
    maxBytes: 1_048_576n,
  },
};

/** Staking's fixture with slashing on top, wired as on the chain. `said` are the lines of its log. */
export function createFixture(genesis: unknown = {}) {
  const wired: { slashing?: ReturnType<typeof createSlashing> } = {};
  const staking = createStakingFixture(
    {},
    {
      validatorCreated: (ctx, operator) => wired.slashing?.keeper.validatorCreated(ctx, operator),
      validatorRemoved: (ctx, address) => wired.slashing?.keeper.validatorRemoved(ctx, address),
      validatorBonded: (ctx, address) => wired.slashing?.keeper.validatorBonded(ctx, address),
      isTombstoned: (ctx, address) => wired.slashing?.keeper.isTombstoned(ctx, address) ?? false,
    },
  );
  const said: string[] = [];
  const evidence = createEvidence({ addresses });
  const slashing = createSlashing({
    addresses,
    staking: staking.staking.keeper,
    consensus: { get: () => consensusParams },
    evidence: evidence.keeper,
    authority: moduleAddress('gov'),
    report: (text) => said.push(text),
  });
  wired.slashing = slashing;
  slashing.module.initGenesis?.(later(staking, 0n), genesis);
  return { ...staking, slashing, evidence, said };
}

export type Fixture = ReturnType<typeof createFixture>;

/** What CometBFT says when the validator with the key of equal bytes signs twice at a height. */
export function doubleVote(byte: number, height: bigint, power: bigint, seconds = 0n): Misbehavior {
  return {
    kind: 'duplicate_vote',
    validator: consensusAddress(consensusPublicKey(byte)),
    power,
    height,
    time: (startSeconds + seconds) * 1_000_000_000n,
  };
}

/** The texts of all invariants that do not hold. */
export function problems(ctx: Context, { auth, bank, staking, slashing }: Fixture): string[] {
  return broken(ctx, auth.module, bank.module, staking.module, slashing.module);
}

/** Slashing's state but for public keys, which come from staking's: hex by hex. */
export function withoutKeys({ state }: Fixture): Record<string, string> {
  return Object.fromEntries(Object.entries(dump(state, 'slashing')).filter(([key]) => !key.startsWith('03')));
}
