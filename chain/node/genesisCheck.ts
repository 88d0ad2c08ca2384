import { z } from 'zod';
import { abci } from '../../sdk/codec/index.ts';
import { emptyExtensions } from '../app/extensionSource.ts';
import { defaultNodeSettings } from '../app/options.ts';
import type { Logger } from '../logger.ts';
import { parseTime, toTimestamp } from '../time.ts';
import { OperatorError, reason } from './failure.ts';
import { bech32Prefix, type Genesis } from './genesis.ts';
import type { OpenStateMachine } from './stateMachine.ts';

/** What a genesis that holds together begins with. */
export interface GenesisReport {
  readonly chainId: string;
  readonly initialHeight: bigint;
  readonly accounts: number;
  /** Who makes the first block, with the voting power of each. */
  readonly validators: readonly { readonly publicKey: string; readonly power: string }[];
  /** What an operator should read: modules that were passed over. */
  readonly notes: readonly string[];
}

const integer = z.union([z.string().regex(/^-?\d+$/, 'must be an integer in a text'), z.int()]).transform(BigInt);
const atLeast = (least: bigint) => integer.refine((value) => value >= least, `must be at least ${least}`);

/** CometBFT's limit for a block (types/params.go). */
const maxBlockBytes = 104_857_600n;

/** What CometBFT demands of its part, so that it does not come out at the first start; ranges as in types/params.go. */
const cometShape = z.looseObject({
  genesis_time: z.string().transform((text, ctx) => {
    try {
      return parseTime(text);
    } catch (error) {
      ctx.addIssue({ code: 'custom', message: reason(error) });
      return z.NEVER;
    }
  }),
  initial_height: atLeast(0n),
  app_hash: z
    .string()
    .regex(/^([0-9A-Fa-f]{2})*$/, 'must be hex digits')
    .optional(),
  validators: z
    .array(
      z.looseObject({
        pub_key: z.object({ type: z.literal('tendermint/PubKeyEd25519'), value: z.base64() }),
        power: atLeast(1n),
      }),
    )
    .nullish(),
  consensus_params: z
    .looseObject({
      block: z.looseObject({ max_bytes: atLeast(-1n), max_gas: atLeast(-1n) }),
      evidence: z.looseObject({
        max_age_num_blocks: atLeast(1n),
        max_age_duration: atLeast(1n),
        max_bytes: atLeast(0n),
      }),
      validator: z.looseObject({
        pub_key_types: z.array(z.literal('ed25519', 'only ed25519 keys can sign blocks')).min(1),
      }),
      version: z.looseObject({ app: atLeast(0n).optional() }).optional(),
      abci: z.looseObject({ vote_extensions_enable_height: atLeast(0n).optional() }).optional(),
    })
    .refine(({ block }) => block.max_bytes !== 0n && block.max_bytes <= maxBlockBytes, {
      path: ['block', 'max_bytes'],
      message: `must be -1, or from 1 to ${maxBlockBytes}`,
    })
    .refine(({ block, evidence }) => evidence.max_bytes <= (block.max_bytes < 0n ? maxBlockBytes : block.max_bytes), {
      path: ['evidence', 'max_bytes'],
      message: 'must not be above block.max_bytes',
    })
    .nullish(),
});

/** What CometBFT takes where the file has none. */
const defaultParams = {
  block: { max_bytes: 22_020_096n, max_gas: -1n },
  evidence: { max_age_num_blocks: 100_000n, max_age_duration: 172_800_000_000_000n, max_bytes: 1_048_576n },
  validator: { pub_key_types: ['ed25519'] },
  version: undefined,
  abci: undefined,
};

/**
 * Carries out the whole genesis in memory as the first block would find it: CometBFT's part, every module's, the genesis txs,
 * all invariants. Throws an `OperatorError` that begins with `name` and the path of the first thing that is wrong.
 */
export async function checkGenesis(
  genesis: Genesis,
  openStateMachine: OpenStateMachine,
  name: string,
): Promise<GenesisReport> {
  const request = initChainRequest(genesis, name);
  const notes: string[] = [];
  try {
    const machine = await openStateMachine({
      chainId: genesis.chain_id,
      bech32Prefix: bech32Prefix(genesis),
      stateFolder: undefined,
      logger: noteLogger(notes),
      settings: defaultNodeSettings,
      extensions: () => emptyExtensions,
    });
    try {
      const updates = machine.tryGenesis(request);
      const validators = updates.length > 0 ? updates : request.validators;
      if (validators.length === 0) {
        throw new Error('there are no validators: see "infinetd genesis gentx" and "infinetd genesis collect"');
      }
      if ((request.consensusParams?.abci?.voteExtensionsEnableHeight ?? 0n) === 0n) {
        notes.push(
          'consensus_params.abci.vote_extensions_enable_height is 0: the chain has no prices and no randomness',
        );
      }
      return {
        chainId: genesis.chain_id,
        initialHeight: request.initialHeight,
        accounts: genesis.app_state.auth.accounts.length,
        validators: validators.map(({ pubKey, power }) => ({
          publicKey: Buffer.from(pubKey.ed25519 ?? new Uint8Array()).toString('base64'),
          power: power.toString(),
        })),
        notes,
      };
    } finally {
      await machine.close();
    }
  } catch (error) {
    throw new OperatorError(`${name}: ${reason(error)}`, { cause: error });
  }
}

/** What CometBFT makes of the file before the first block. Throws with the path of what it would refuse. */
function initChainRequest(genesis: Genesis, name: string): abci.RequestInitChain {
  const parsed = cometShape.safeParse(genesis);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new OperatorError(`${name}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { genesis_time, initial_height, validators } = parsed.data;
  const params = parsed.data.consensus_params ?? defaultParams;
  const age = params.evidence.max_age_duration;
  return abci.RequestInitChain.fromPartial({
    time: toTimestamp(genesis_time),
    chainId: genesis.chain_id,
    initialHeight: initial_height > 0n ? initial_height : 1n,
    appStateBytes: Buffer.from(JSON.stringify(genesis.app_state)),
    validators: (validators ?? []).map(({ pub_key, power }) => ({
      pubKey: { ed25519: Uint8Array.from(Buffer.from(pub_key.value, 'base64')) },
      power,
    })),
    consensusParams: {
      block: { maxBytes: params.block.max_bytes, maxGas: params.block.max_gas },
      evidence: {
        maxAgeNumBlocks: params.evidence.max_age_num_blocks,
        maxAgeDuration: { seconds: age / 1_000_000_000n, nanos: Number(age % 1_000_000_000n) },
        maxBytes: params.evidence.max_bytes,
      },
      validator: { pubKeyTypes: params.validator.pub_key_types },
      version: { app: params.version?.app ?? 0n },
      abci: { voteExtensionsEnableHeight: params.abci?.vote_extensions_enable_height ?? 0n },
    },
  });
}

/** Takes what the state machine warns of as notes for the operator. */
function noteLogger(notes: string[]): Logger {
  const silent = () => {};
  const note = (_fields: unknown, text: string) => void notes.push(text);
  return { debug: silent, info: silent, warn: note, error: note };
}
