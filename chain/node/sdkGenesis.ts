import { z } from 'zod';
import { defaultAppState } from './defaultState.ts';

/** The parts of the SDK's own form (`AppGenesis`, since 0.50) that CometBFT's form has elsewhere. */
const sdkShape = z.looseObject({
  chain_id: z.string(),
  genesis_time: z.string(),
  initial_height: z.union([z.int().min(0), z.string().regex(/^\d+$/)]),
  app_hash: z.string().nullable().optional(),
  app_state: z.looseObject({
    staking: z.looseObject({ params: z.looseObject({ bond_denom: z.string() }) }),
  }),
  consensus: z
    .looseObject({ params: z.unknown().optional(), validators: z.unknown().optional() })
    .nullable()
    .optional(),
});

/** Whether a genesis file is in the form that SDK chains write, which CometBFT itself cannot read. */
export function isSdkGenesis(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'consensus' in value ||
    'app_name' in value ||
    ('initial_height' in value && typeof value.initial_height === 'number')
  );
}

/**
 * The same genesis in CometBFT's form, which both programs of a node read. Modules of our own that an SDK chain does not
 * have begin with their defaults. Throws a `ZodError` with the path of what is wrong.
 *
 * @param value what `isSdkGenesis` has said yes to
 */
export function fromSdkGenesis(value: unknown): Record<string, unknown> {
  const genesis = sdkShape.parse(value);
  const { app_name: _name, app_version: _version, consensus, ...rest } = genesis;
  const validators = consensus?.validators ?? undefined;
  return {
    ...rest,
    initial_height: genesis.initial_height.toString(),
    app_hash: genesis.app_hash ?? '',
    ...(consensus?.params === undefined ? {} : { consensus_params: consensus.params }),
    ...(validators === undefined ? {} : { validators }),
    app_state: { ...defaultAppState(genesis.app_state.staking.params.bond_denom), ...genesis.app_state },
  };
}
