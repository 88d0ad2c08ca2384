import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fromBech32 } from '@cosmjs/encoding';
import type { Command } from 'commander';
import { z } from 'zod';
import { OperatorError } from '../../chain/node/failure.ts';
import { shardCommitment } from '../../modules/contribution/formulas.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import { MsgCreateObjectiveResponse, MsgOpenShardResponse } from '../../proto/generated/infinet/contribution/v1/tx.ts';
import { contributionQueries } from '../../sdk/queries.ts';
import { contentRoot } from '../../training/merkle.ts';
import { onlyResponse } from '../contribute.ts';
import {
  type NodeFlags,
  print,
  type SignerFlags,
  say,
  sessionOf,
  wholeNumber,
  withNode,
  withQuerier,
  withSigner,
} from '../options.ts';

const kinds = {
  data: ContributionKind.CONTRIBUTION_KIND_DATA,
  model: ContributionKind.CONTRIBUTION_KIND_MODEL,
  compute: ContributionKind.CONTRIBUTION_KIND_COMPUTE,
  expertise: ContributionKind.CONTRIBUTION_KIND_EXPERTISE,
};
const whole = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,19}$/)]).transform(BigInt);

/** What `objective create` reads; amounts in the smallest unit, shares in 10^-6. */
const descriptionShape = z.strictObject({
  title: z.string(),
  kind: z.enum(['data', 'model', 'compute', 'expertise']),
  metric: z.string(),
  schema: z.record(z.string(), z.unknown()).optional(),
  learner: z.string().default(''),
  quality_gate_ppm: whole.default(0n),
  baseline_ppm: whole.default(0n),
  budget: whole,
  bond: whole,
  rate: whole.default(0n),
  deadline_height: whole.default(0n),
  /** With `shards`: blocks of each round; one file a round, kept to yourself until it is over. */
  round_blocks: whole.default(0n),
  shards: z.array(z.string()).default([]),
  /** Without rounds: a shard that everybody sees. */
  holdout: z.strictObject({ file: z.string(), uris: z.array(z.string()) }).optional(),
  rubric: z.array(z.strictObject({ name: z.string(), weight: z.int() })).default([]),
});

const secretsShape = z.array(z.object({ file: z.string(), root: z.string(), size: z.number(), salt: z.string() }));

export function addObjectiveCommand(program: Command): void {
  const objective = program.command('objective').description('What contributions are valued against, and paid from.');
  withNode(objective.command('show'))
    .description('Show an objective with its rounds.')
    .argument('<objective>', 'id', wholeNumber)
    .action(async (objectiveId: bigint, flags: NodeFlags) => {
      await withQuerier(flags, async (querier) => {
        const { objective: found } = await querier.ask(contributionQueries.objective, { objectiveId });
        const { rounds } = await querier.ask(contributionQueries.rounds, { objectiveId });
        print({ objective: found, rounds });
      });
    });
  withSigner(objective.command('create'))
    .summary('post an objective')
    .description(
      'Post an objective from a JSON description. Budget and bond are held by the chain; the salts of its shards are ' +
        'written to --secrets, without which no shard can be opened and the bond is lost.',
    )
    .argument('<description>', 'JSON file')
    .option('--secrets <file>', 'where the shards and their salts are kept', 'shards.secret.json')
    .action(create);
  withSigner(objective.command('open-shard'))
    .description("Show a round's shard once its submissions are over: verification begins.")
    .argument('<objective>', 'id', wholeNumber)
    .argument('<round>', 'from 0', wholeNumber)
    .requiredOption('--uri <uri...>', 'where verifiers fetch the shard')
    .option('--secrets <file>', 'what create wrote', 'shards.secret.json')
    .action(openShard);
}

async function create(file: string, flags: SignerFlags & { readonly secrets: string }): Promise<void> {
  const description = descriptionShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  if (description.shards.length > 0 && existsSync(flags.secrets)) {
    throw new OperatorError(`${flags.secrets} exists: it may hold the salts of another objective`);
  }
  const session = await sessionOf(flags);
  try {
    const secrets = description.shards.map((shard) => {
      const bytes = readFileSync(shard);
      return { file: shard, root: contentRoot(bytes), size: bytes.length, salt: randomBytes(32) };
    });
    if (secrets.length > 0) {
      const plain = secrets.map(({ root, salt, ...rest }) => ({ ...rest, root: hex(root), salt: hex(salt) }));
      writeFileSync(flags.secrets, `${JSON.stringify(plain, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
      say(`the shards' salts are in ${flags.secrets}: keep it`);
    }
    const creator = fromBech32(session.address).data;
    const coin = (amount: bigint) => ({ denom: flags.denom, amount: amount.toString() });
    const value = {
      creator: session.address,
      title: description.title,
      kind: kinds[description.kind],
      metric: description.metric,
      schema: Buffer.from(description.schema === undefined ? '' : JSON.stringify(description.schema)),
      holdouts: description.holdout === undefined ? [] : [artifactOf(description.holdout)],
      learner: description.learner,
      qualityGatePpm: description.quality_gate_ppm,
      baselinePpm: description.baseline_ppm,
      budget: coin(description.budget),
      bond: coin(description.bond),
      rate: description.rate,
      deadlineHeight: description.deadline_height,
      roundBlocks: description.round_blocks,
      shardCommitments: secrets.map(({ root, salt }, at) => shardCommitment(creator, BigInt(at), root, salt)),
      rubric: description.rubric.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    };
    const tx = await session.send([{ typeUrl: '/infinet.contribution.v1.MsgCreateObjective', value }]);
    const { objectiveId } = MsgCreateObjectiveResponse.decode(onlyResponse(tx));
    print({ objective_id: objectiveId, height: tx.height, tx: tx.hash });
  } finally {
    session.close();
  }
}

async function openShard(
  objectiveId: bigint,
  round: bigint,
  flags: SignerFlags & { readonly secrets: string; readonly uri: string[] },
): Promise<void> {
  const secret = secretsShape.parse(JSON.parse(readFileSync(flags.secrets, 'utf8')))[Number(round)];
  if (secret === undefined) throw new OperatorError(`${flags.secrets} has no round ${round}`);
  const session = await sessionOf(flags);
  try {
    const shard = { root: Buffer.from(secret.root, 'hex'), sizeBytes: BigInt(secret.size), uris: flags.uri };
    const value = { creator: session.address, objectiveId, round, shard, salt: Buffer.from(secret.salt, 'hex') };
    const tx = await session.send([{ typeUrl: '/infinet.contribution.v1.MsgOpenShard', value }]);
    const { contributions } = MsgOpenShardResponse.decode(onlyResponse(tx));
    print({ objective_id: objectiveId, round, contributions, height: tx.height, tx: tx.hash });
  } finally {
    session.close();
  }
}

function artifactOf({ file, uris }: { readonly file: string; readonly uris: string[] }) {
  const bytes = readFileSync(file);
  return { root: contentRoot(bytes), sizeBytes: BigInt(bytes.length), uris };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
