import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Session } from '../../cli/session.ts';
import { until } from '../../cli/until.ts';
import { testAddress } from '../../localnet/keys.ts';
import type { Network } from '../../localnet/network.ts';
import { playStory, readPlays } from '../../localnet/story/story.ts';
import { clientNode, rpcUrl } from '../../localnet/topology.ts';
import { startPostgres } from '../../postgres/embedded.ts';
import { Attestation, SeatState, TaskPhase, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { contributionQueries, verificationQueries } from '../../sdk/queries.ts';
import { contentRoot } from '../../training/merkle.ts';
import { chainIdentity } from '../../verifier/queue/crew.ts';
import { schemaOf } from '../../verifier/queue/store.ts';
import { historyOf, stateOf } from './chainHistory.ts';
import { commit, deposit, offerPenguins, penguins, submission, untilDecided, untilTask } from './offers.ts';
import { endTestNetwork, heightOf, outcomeOf, sessionOf, startTestNetwork, untilHeight } from './sharedNetwork.ts';
import { commitSmallRun } from './smallRun.ts';

/** The attestation of a task's first draw that a verifier keeps in its database. */
async function saidBy(operator: string, taskId: bigint): Promise<Uint8Array> {
  const named = process.env.VERIFIER_DATABASE_URL ?? process.env.INDEXER_DATABASE_URL ?? process.env.DATABASE_URL;
  const url = named ?? (await (await startPostgres({ folder: network.paths.postgres })).database('infinet'));
  const client = new pg.Client(url);
  await client.connect();
  try {
    const schema = schemaOf({ operator, chain: await chainIdentity(contributor.comet) });
    const { rows } = await client.query<{ said: Buffer }>(`SELECT said FROM ${schema}.attestation WHERE task = $1`, [
      taskId,
    ]);
    const [row] = rows;
    if (row === undefined || rows.length > 1) throw new Error(`${rows.length} attestations of task ${taskId}`);
    return row.said;
  } finally {
    await client.end();
  }
}

/** The real network of four, once for all of this file; each test leaves it running and whole. */
let network: Network;
let contributor: Session;
let trainer: Session;
let cheater: Session;
/** Verifiers by their operators' addresses. */
let verifiers: ReadonlyMap<string, { readonly index: number; readonly name: string }>;
let failed = false;

const messages = {
  commitAttestation: '/infinet.verification.v1.MsgCommitAttestation',
  reveal: '/infinet.verification.v1.MsgRevealAttestation',
  openDispute: '/infinet.verification.v1.MsgOpenDispute',
  claim: '/infinet.rewards.v1.MsgClaimRewards',
} as const;

beforeAll(async () => {
  network = await startTestNetwork(4);
  contributor = await sessionOf(network, 'contributor');
  trainer = await sessionOf(network, 'trainer');
  cheater = await sessionOf(network, 'cheater');
  const { validators, prefix } = network.topology;
  verifiers = new Map(
    await Promise.all(
      validators.map(async ({ index, verifier: { name } }) => {
        return [await testAddress(`validator${index}`, prefix), { index, name }] as const;
      }),
    ),
  );
});

beforeEach(({ onTestFailed }) => {
  onTestFailed(() => {
    failed = true;
  });
});

afterAll(async () => {
  for (const session of [contributor, trainer, cheater]) session?.close();
  if (network !== undefined) await endTestNetwork(network, failed);
});

test('every step of the story holds, down to its reading back', async () => {
  const lines: string[] = [];
  const direction = { say: (line: string) => lines.push(line), signal: new AbortController().signal };
  await playStory(network, direction).catch((error: unknown) => {
    throw new Error(`${String(error)}; until then:\n${lines.join('\n')}`, { cause: error });
  });
  for (const scene of ['1', '2', '3', '4', '5']) {
    expect(lines.filter((line) => line.startsWith(`${scene}  `)).length, `scene ${scene}`).toBeGreaterThan(0);
  }
  expect(lines.at(-1)).toContain('every step of the story held');
  expect(readPlays(network)).toEqual({ plays: 1, finished: 1 });
});

/** Runs a command of the tool and reads the JSON that it prints. */
async function infinet(...args: string[]): Promise<unknown> {
  const cli = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
  const node = rpcUrl(clientNode(network.topology));
  return JSON.parse((await promisify(execFile)(process.execPath, [cli, ...args, '--node', node])).stdout);
}

test("a stranger computes weight and reward of the story's data again, from the round it was valued in", async () => {
  expect(await infinet('explain', '1')).toMatchObject({
    equal: true,
    differences: [],
    valuation: { joint: true, passed: true },
    round: { members: [{ contributionId: '1' }] },
  });
});

test('a stranger plays the dispute and a beacon round again from the chain alone, and finds what the chain says', async () => {
  const { disputes } = await contributor.querier.ask(verificationQueries.disputes, { runId: 0n });
  const decided = disputes.find(({ reason }) => reason === 'leaf_wrong');
  if (decided === undefined) throw new Error('the story left no dispute that was played to its leaf');
  expect(await infinet('dispute', 'replay', `${decided.id}`)).toMatchObject({
    right: 'challenger',
    equal: true,
    chain: { reason: 'leaf_wrong', winner: 'challenger', moves: decided.moves },
  });
  expect(await infinet('beacon', 'verify')).toMatchObject({ equal: true, problems: [] });
});

test('the chain goes on without a validator that was killed, which comes back with the same state', async () => {
  const [victim] = network.topology.validators.filter((validator) => !validator.servesClients);
  if (victim === undefined) throw new Error('no validator to kill');
  await network.kill(victim.name);
  const killedAt = await heightOf(contributor);
  const missed = await untilHeight(contributor, killedAt + 6);
  const sent = await contributor.client.sendTokens(
    contributor.address,
    trainer.address,
    [{ denom: 'uinf', amount: '7' }],
    {
      amount: [{ denom: 'uinf', amount: '200' }],
      gas: '200000',
    },
  );
  expect(sent.code).toBe(0);
  await network.restart(victim.name);
  const caughtUp = await until('the validator to catch up', 300, async () => {
    const state = await stateOf(victim);
    return state.height > Math.max(missed, sent.height) ? state : undefined;
  });
  await untilHeight(contributor, caughtUp.height + 1);
  const [own, others] = await Promise.all(
    [victim, clientNode(network.topology)].map((node) => historyOf(node, caughtUp.height + 1)),
  );
  expect(own).toEqual(others);
  expect(own?.at(-1)?.appHash).toBe(caughtUp.appHash);
});

test('a verifier that is killed between commit and reveal comes back and reveals what it committed to, once', async () => {
  const { contributionId, taskId } = await offerPenguins(network, contributor, 1);
  const stopped: number[] = [];
  try {
    const [first, ...others] = (await untilTask(contributor, taskId, 'to have seats', (task) => task.seats.length > 0))
      .seats;
    if (first === undefined) throw new Error('a task without seats');
    const verifier = verifierOf(first.operator);
    // Whoever has acknowledged is held, so that the commit phase cannot end before the first one is killed.
    for (const { operator } of others) {
      await untilTask(contributor, taskId, 'to be acknowledged', ({ seats }) =>
        seats.some((seat) => seat.operator === operator && seat.state >= SeatState.SEAT_STATE_ACKED),
      );
      const { pid } = processOf(verifierOf(operator).name);
      process.kill(pid, 'SIGSTOP');
      stopped.push(pid);
    }
    const committed = await untilTask(
      contributor,
      taskId,
      'to have a commitment',
      ({ seats }) => seats[0]?.state === SeatState.SEAT_STATE_COMMITTED,
    );
    expect(committed.phase).toBe(TaskPhase.TASK_PHASE_COMMIT);
    await network.kill(verifier.name);
    const written = await saidBy(first.operator, taskId);
    for (const pid of stopped.splice(0)) process.kill(pid, 'SIGCONT');

    await untilTask(contributor, taskId, 'to be revealed', ({ phase }) => phase === TaskPhase.TASK_PHASE_REVEAL);
    const worker = await sessionOf(network, `worker${verifier.index}`);
    const lie = Attestation.fromPartial({ verdict: Verdict.VERDICT_INVALID });
    const value = { worker: worker.address, taskId, attestation: lie, salt: randomBytes(32) };
    expect(await outcomeOf(worker, { typeUrl: messages.reveal, value })).toMatchObject({
      codespace: 'verification',
      code: 14,
    });
    worker.close();

    await network.restart(verifier.name);
    const task = await untilTask(contributor, taskId, 'to be done', ({ phase }) => phase === TaskPhase.TASK_PHASE_DONE);
    expect(task.seats.map(({ state }) => state)).toEqual(task.seats.map(() => SeatState.SEAT_STATE_REVEALED));
    const seat = task.seats.find(({ operator }) => operator === first.operator);
    expect(seat?.commitment).toEqual(committed.seats[0]?.commitment);
    expect(seat?.attestation).toEqual(Attestation.decode(written));
    expect(await saidBy(first.operator, taskId)).toEqual(written);
  } finally {
    for (const pid of stopped) process.kill(pid, 'SIGCONT');
  }
  const { seats } = await untilTask(contributor, taskId, 'to be there', () => true);
  for (const event of ['attestation_committed', 'attestation_revealed']) {
    const found = await contributor.client.searchTx([{ key: `${event}.task_id`, value: `${taskId}` }]);
    expect(found.length, event).toBe(seats.length);
  }
  expect((await untilDecided(contributor, contributionId)).accepted).toBe(true);
});

test('an artifact whose bytes are not those of its manifest is found out, rejected, and costs its deposit', async () => {
  const before = await balanceOf(contributor);
  const { contributionId, fees } = await offerPenguins(network, contributor, 2, (bytes) =>
    bytes.map((byte, at) => (at === 5000 ? byte ^ 1 : byte)),
  );
  const contribution = await untilDecided(contributor, contributionId);
  expect(contribution).toMatchObject({ accepted: false, reason: 'invalid' });
  const { task } = await contributor.querier.ask(verificationQueries.task, { id: contribution.taskId });
  for (const { attestation } of task?.seats ?? []) {
    expect(attestation).toMatchObject({ verdict: Verdict.VERDICT_INVALID, metrics: [] });
  }
  expect(await balanceOf(contributor)).toBe(before - fees - deposit);
});

test('a submission that does not open its commitment, names no objective, or has a root of another is refused', async () => {
  const bytes = penguins(network, 3);
  const unopened = await submission(network, contributor, { bytes, salt: randomBytes(32) });
  expect(await outcomeOf(contributor, unopened)).toMatchObject({ codespace: 'contribution', code: 6 });

  const salt = randomBytes(32);
  await commit(contributor, contentRoot(penguins(network, 4)), salt);
  const otherRoot = await submission(network, contributor, { bytes, salt });
  expect(await outcomeOf(contributor, otherRoot)).toMatchObject({ codespace: 'contribution', code: 6 });

  const nowhere = await submission(network, contributor, { bytes, salt, objectiveId: 99n });
  expect(await outcomeOf(contributor, nowhere)).toEqual({
    codespace: 'contribution',
    code: 2,
    log: expect.stringContaining('objective 99: objective not found'),
  });

  const first = readFileSync(join(network.paths.artifacts, 'story', 'penguins.json'));
  const { contribution } = await trainer.querier.ask(contributionQueries.contributionByRoot, {
    contentRoot: contentRoot(first),
  });
  await commit(trainer, contentRoot(first), salt);
  const again = await submission(network, trainer, { bytes: first, salt });
  expect(await outcomeOf(trainer, again)).toEqual({
    codespace: 'contribution',
    code: 10,
    log: expect.stringContaining(`contribution ${contribution?.id} has this root`),
  });
});

test('an attestation by somebody without a seat is refused', async () => {
  const { tasks } = await contributor.querier.ask(verificationQueries.tasks, {});
  const outsiderOf = ({ seats }: (typeof tasks)[number]) => {
    const seated = new Set(seats.map(({ operator }) => verifierOf(operator).index));
    return network.topology.validators.find(({ index }) => !seated.has(index));
  };
  // Data seats everybody on so small a network; a run does not.
  const task = tasks.find((candidate) => outsiderOf(candidate) !== undefined);
  const outsider = task && outsiderOf(task);
  if (task === undefined || outsider === undefined) throw new Error('everybody has a seat');
  const worker = await sessionOf(network, `worker${outsider.index}`);
  const attest = (session: Session, taskId: bigint) => {
    const value = { worker: session.address, taskId, commitment: randomBytes(32) };
    return outcomeOf(session, { typeUrl: messages.commitAttestation, value });
  };
  expect(await attest(worker, task.id)).toMatchObject({ codespace: 'verification', code: 9 });
  expect(await attest(worker, 999n)).toMatchObject({ codespace: 'verification', code: 8 });
  expect(await attest(cheater, task.id)).toMatchObject({ codespace: 'verification', code: 4 });
  worker.close();
});

test('rewards are claimed once, and by those who earned some', async () => {
  const claim = (session: Session) =>
    outcomeOf(session, { typeUrl: messages.claim, value: { claimant: session.address } });
  await claim(contributor);
  expect(await claim(contributor)).toMatchObject({ codespace: 'rewards', code: 2 });
  expect(await claim(cheater)).toMatchObject({ codespace: 'rewards', code: 2 });
});

test('a dispute needs its bond, a unit of the run, and somebody else than the trainer', async () => {
  const runOfTrainer = await commitSmallRun(network, trainer);
  const dispute = (session: Session, unit: bigint, amount: string, runId = runOfTrainer) => {
    const value = { challenger: session.address, runId, unit, bond: { denom: 'uinf', amount } };
    return outcomeOf(session, { typeUrl: messages.openDispute, value });
  };
  expect(await dispute(cheater, 1n, '1')).toMatchObject({ codespace: 'verification', code: 31 });
  expect(await dispute(cheater, 999n, '100000000')).toMatchObject({ codespace: 'verification', code: 28 });
  expect(await dispute(trainer, 1n, '100000000')).toMatchObject({ codespace: 'verification', code: 36 });
  expect(await dispute(cheater, 1n, '100000000', 999n)).toMatchObject({ codespace: 'verification', code: 24 });
});

test('all nodes have the same blocks, app hashes and results at every height of all of this', async () => {
  const height = await heightOf(contributor);
  const histories = await Promise.all(network.topology.validators.map((node) => historyOf(node, height)));
  for (const history of histories) expect(history).toEqual(histories[0]);
  expect(histories[0]).toHaveLength(height);
  for (const node of network.topology.validators) {
    const state = await stateOf(node);
    await untilHeight(contributor, state.height + 1);
    const { block } = await contributor.comet.block(state.height + 1);
    expect(Buffer.from(block.header.appHash).toString('hex'), node.name).toBe(state.appHash);
  }
});

function verifierOf(operator: string) {
  const verifier = verifiers.get(operator);
  if (verifier === undefined) throw new Error(`${operator} runs no verifier`);
  return verifier;
}

async function balanceOf(session: Session): Promise<bigint> {
  return BigInt((await session.client.getBalance(session.address, 'uinf')).amount);
}

function processOf(name: string) {
  const running = network.processes.get(name);
  if (running === undefined) throw new Error(`no process ${name}`);
  return running;
}
