import { connectComet } from '@cosmjs/tendermint-rpc';
import { z } from 'zod';
import { until } from '../../cli/until.ts';
import type { Contribution } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { type Dispute, type Run, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { httpUrl, rpcUrl } from '../topology.ts';
import type { Earned } from './epoch.ts';
import { expectThat, inf, type Stage } from './stage.ts';
import { taskOf } from './training.ts';

export interface Told {
  readonly dataset: Contribution;
  readonly run: Run;
  readonly slashed: Run;
  readonly dispute: Dispute;
  readonly earned: readonly Earned[];
}

const historyQuery = `
  query History($dataset: Long!, $run: Long!, $slashed: Long!, $dispute: Long!) {
    _meta { height chainId lag }
    contribution(id: $dataset) {
      contributor status accepted root
      metrics { name value }
      valuation { weight }
      rewards { epoch amount }
      task { attestations { operator verdict } }
    }
    run(id: $run) { trainer status accuracyPpm modelContributionId model { rewards { epoch amount } } }
    slashed: run(id: $slashed) { trainer status stakeBurned challenger }
    dispute(id: $dispute) { unit winner moves history { side move } }
  }`;

const reward = z.object({ epoch: z.number(), amount: z.string() });
const historyShape = z.object({
  _meta: z.object({ height: z.number(), chainId: z.string() }),
  contribution: z.object({
    contributor: z.string(),
    status: z.string(),
    accepted: z.boolean(),
    root: z.string(),
    metrics: z.array(z.object({ name: z.string(), value: z.string() })),
    valuation: z.object({ weight: z.string() }),
    rewards: z.array(reward),
    task: z.object({ attestations: z.array(z.object({ operator: z.string(), verdict: z.string() })) }),
  }),
  run: z.object({
    trainer: z.string(),
    status: z.string(),
    accuracyPpm: z.string(),
    modelContributionId: z.number(),
    model: z.object({ rewards: z.array(reward) }),
  }),
  slashed: z.object({ trainer: z.string(), status: z.string(), stakeBurned: z.string(), challenger: z.string() }),
  dispute: z.object({
    unit: z.string(),
    winner: z.string(),
    moves: z.number(),
    history: z.array(z.object({ side: z.string(), move: z.string() })),
  }),
});

const balanceQuery = `
  query Balance($address: String!, $denom: String!) {
    balance(address: $address, denom: $denom) { provenAt { value height appHash verified proof } }
  }`;

const balanceShape = z.object({
  balance: z.object({
    provenAt: z.object({
      value: z.string(),
      height: z.number(),
      appHash: z.string(),
      verified: z.boolean(),
      proof: z.string(),
    }),
  }),
});

/** Scene 5: the history as the indexer tells it, held against the chain, and a balance with its proof. */
export async function readBack(stage: Stage, told: Told): Promise<void> {
  await indexedUpTo(stage, told);
  await checkHistory(stage, told);
  await checkProof(stage, told);
}

/** The claims were the last blocks of the story; the index must have seen them. */
async function indexedUpTo(stage: Stage, { earned }: Told): Promise<void> {
  const { lastBlockHeight = 0 } = (await earned[0]?.session.comet.abciInfo()) ?? {};
  const shape = z.object({ _meta: z.object({ height: z.number() }) });
  await until(`the index to reach height ${lastBlockHeight}`, 60, async () => {
    const { _meta } = shape.parse(await askGraphql(stage, '{ _meta { height } }', {}));
    return _meta.height >= lastBlockHeight ? _meta.height : undefined;
  });
}

async function checkHistory(stage: Stage, { dataset, run, slashed, dispute, earned }: Told): Promise<void> {
  const ids = { dataset: dataset.id, run: run.id, slashed: slashed.id, dispute: dispute.id };
  const variables = Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, Number(id)]));
  const history = historyShape.parse(await askGraphql(stage, historyQuery, variables));
  const { contribution } = history;
  expectThat(
    contribution.accepted && contribution.contributor === dataset.contributor,
    'GraphQL should show the dataset',
  );
  expectThat(
    contribution.root ===
      Buffer.from(dataset.manifest?.contentRoot ?? [])
        .toString('hex')
        .toUpperCase(),
    "GraphQL should show the dataset's content root",
  );
  const valid = contribution.task.attestations.filter(({ verdict }) => verdict === 'valid');
  const attested = await validAttestations(earned, dataset.taskId);
  expectThat(
    attested.length > 0 && attested.every((operator) => valid.some((shown) => shown.operator === operator)),
    `GraphQL should show the ${attested.length} attestations of the dataset, shows ${valid.length}`,
  );
  expectThat(history.run.status === 'accepted', `GraphQL should show run ${run.id} as accepted`);
  expectThat(BigInt(history.run.accuracyPpm) === run.accuracyPpm, 'GraphQL should show the accuracy of the model');
  expectThat(history.slashed.status === 'slashed', `GraphQL should show run ${slashed.id} as slashed`);
  expectThat(history.slashed.challenger === dispute.challenger, 'GraphQL should show who caught the cheater');
  expectThat(history.dispute.winner === 'challenger', `GraphQL should show who won dispute ${dispute.id}`);
  expectThat(history.dispute.history.length > 0, `GraphQL should show the moves of dispute ${dispute.id}`);
  for (const { contributionId, epoch, amount } of earned) {
    const shown = contributionId === dataset.id ? contribution.rewards : history.run.model.rewards;
    expectThat(
      shown.some((entry) => BigInt(entry.epoch) === epoch && BigInt(entry.amount) === amount),
      `GraphQL should show the reward of contribution ${contributionId}`,
    );
  }
  stage.say(
    `5  GraphQL tells the same at height ${history._meta.height}: contribution ${dataset.id} with ${contribution.metrics.length} ` +
      `metrics and ${valid.length} attestations, runs ${run.id} and ${slashed.id}, dispute ${dispute.id} with ` +
      `${history.dispute.history.length} moves, ${earned.length} rewards`,
  );
}

/** Operators whose seats found the task's subject valid, as the chain has them. */
async function validAttestations([first]: readonly Earned[], taskId: bigint): Promise<readonly string[]> {
  expectThat(first !== undefined, 'somebody should have earned something');
  const { seats } = await taskOf(first.session, taskId);
  return seats
    .filter(({ attestation }) => attestation?.verdict === Verdict.VERDICT_VALID)
    .map(({ operator }) => operator);
}

/** The proof leads to an app hash; another validator's header must hold the very same one. */
async function checkProof(stage: Stage, { earned }: Told): Promise<void> {
  const { topology } = stage.network;
  const [first] = earned;
  expectThat(first !== undefined, 'somebody should have earned something');
  const variables = { address: first.session.address, denom: topology.denom };
  const { balance } = balanceShape.parse(await askGraphql(stage, balanceQuery, variables));
  const { value, height, appHash, verified, proof } = balance.provenAt;
  expectThat(verified, `the proof of ${variables.address}'s balance should verify`);
  const witness = topology.validators.at(-1);
  expectThat(witness !== undefined, 'the network should have a validator');
  const comet = await connectComet(rpcUrl(witness));
  try {
    // Nobody says that this validator is as quick as the one that made the proof.
    const { header } = await until(`block ${height + 1} of ${witness.name}`, 60, async () => {
      const { lastBlockHeight = 0 } = await comet.abciInfo();
      return lastBlockHeight > height ? (await comet.block(height + 1)).block : undefined;
    });
    const signed = Buffer.from(header.appHash).toString('hex').toUpperCase();
    expectThat(
      signed === appHash,
      `${witness.name}'s header ${height + 1} has app hash ${signed}, the proof ends in ${appHash}`,
    );
  } finally {
    comet.disconnect();
  }
  const bytes = Buffer.from(proof, 'base64').length;
  stage.say(
    `5  ${variables.address} holds ${inf(value)} at height ${height}: an ICS-23 proof of ${bytes} bytes leads to the app hash ` +
      `that ${witness.name} has in header ${height + 1}`,
  );
}

const answerShape = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

async function askGraphql(stage: Stage, query: string, variables: Record<string, unknown>): Promise<unknown> {
  const response = await fetch(httpUrl(stage.network.topology.indexer, '/graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors = [] } = answerShape.parse(await response.json());
  expectThat(errors.length === 0, `GraphQL answered with errors: ${errors.map(({ message }) => message).join('; ')}`);
  return data;
}
