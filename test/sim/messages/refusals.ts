import { msgMultiSend } from '../../../modules/bank/messages.ts';
import * as contribution from '../../../modules/contribution/messages.ts';
import { contributions, objectives } from '../../../modules/contribution/state.ts';
import { msgGrantAllowance } from '../../../modules/feegrant/messages.ts';
import * as staking from '../../../modules/staking/messages.ts';
import * as verification from '../../../modules/verification/messages.ts';
import { disputes, runs, tasks } from '../../../modules/verification/state.ts';
import { registration } from '../../../modules/verification/testRuns.ts';
import {
  Attestation,
  type Dispute,
  DisputeStatus,
  type Run,
  RunStatus,
  Verdict,
} from '../../../proto/generated/infinet/verification/v1/types.ts';
import { ed25519Keys, feegrantTx, stakingTx } from '../../../sdk/codec/index.ts';
import { actorOf, denom, operators, stranger, trainers, users } from '../actors.ts';
import type { Random } from '../random.ts';
import { type Act, type Draft, draft, staking as stakingState, type View, valuesOf } from '../view.ts';

/** Messages that nobody in their senses sends, one for each error that ordinary life does not meet. */

const coin = (amount: string, of = denom) => ({ denom: of, amount });

/** bank 3, bank 9. */
const badMultiSend: Act = (random) => {
  const signer = random.pick(users);
  const input = { address: signer.text, coins: [coin('5')] };
  const outputs = random.oneIn(2) ? [] : [{ address: signer.text, coins: [coin('5')] }];
  return draft(signer, msgMultiSend, { inputs: outputs.length === 0 ? [input] : [input, input], outputs });
};

/** feegrant 5. */
const grantNothing: Act = (random) => {
  const [signer, grantee] = [random.pick(users), random.pick(users)];
  const message = feegrantTx.MsgGrantAllowance.fromPartial({ granter: signer.text, grantee: grantee.text });
  return draft(signer, msgGrantAllowance, message);
};

const rates = { rate: '0', maxRate: '0', maxChangeRate: '0' };
const half = '500000000000000000';
const two = '2000000000000000000';

/** staking 5, 6, 9, 10, 13, 14, 39 and what amounts there are. */
const badValidator: Act = (random, { ctx }) => {
  const free = operators.filter(({ address }) => !stakingState.validators.has(ctx, address));
  const signer = random.pick(free.length === 0 ? users : free);
  const operator = operators.find(({ text }) => text === signer.text);
  if (operator === undefined) return undefined;
  const commission = random.pick([
    { ...rates, rate: '-1' },
    { ...rates, maxRate: two },
    { ...rates, maxRate: half, maxChangeRate: '-1' },
    { ...rates, maxRate: half, maxChangeRate: two },
    rates,
    rates,
    rates,
  ]);
  const key = random.pick(operators).consensus.publicKey;
  const kind = random.pick(['ed25519', 'secp256k1', 'none']);
  const value = ed25519Keys.PubKey.encode({ key: kind === 'ed25519' ? key : signer.point }).finish();
  const message = stakingTx.MsgCreateValidator.fromPartial({
    description: { moniker: signer.name },
    commission,
    minSelfDelegation: '1',
    delegatorAddress: signer.text,
    validatorAddress: operator.operator,
    ...(kind !== 'none' && { pubkey: { typeUrl: `/cosmos.crypto.${kind}.PubKey`, value } }),
    value: coin('100'),
  });
  return draft(signer, staking.msgCreateValidator, message);
};

/** staking 27, 33: a few tokens again and again on the way that they have gone already. */
const fidget: Act = (random, view) => {
  const amount = coin(random.between(1n, 3n).toString());
  const [unbonding] = valuesOf(stakingState.unbondings, view);
  if (unbonding !== undefined && random.oneIn(2)) {
    const { delegatorAddress, validatorAddress } = unbonding;
    const message = { delegatorAddress, validatorAddress, amount };
    return draft(actorOf(delegatorAddress), staking.msgUndelegate, message);
  }
  const [redelegation] = valuesOf(stakingState.redelegations, view);
  if (redelegation === undefined) return undefined;
  const { delegatorAddress, validatorSrcAddress, validatorDstAddress } = redelegation;
  const message = { delegatorAddress, validatorSrcAddress, validatorDstAddress, amount };
  return draft(actorOf(delegatorAddress), staking.msgBeginRedelegate, message);
};

/** staking 31. */
const redelegateToNobody: Act = (_random, view) => {
  const [found] = valuesOf(stakingState.delegations, view);
  const nobody = operators.find(({ address }) => !stakingState.validators.has(view.ctx, address));
  if (found === undefined || nobody === undefined) return undefined;
  const { delegatorAddress, validatorAddress: validatorSrcAddress } = found;
  const message = { delegatorAddress, validatorSrcAddress, validatorDstAddress: nobody.operator, amount: coin('1') };
  return draft(actorOf(delegatorAddress), staking.msgBeginRedelegate, message);
};

/** contribution 3, 10, 19. */
const badContribution: Act = (random, view) => {
  const signer = random.pick(users);
  const known = valuesOf(contributions, view);
  const inUse = valuesOf(objectives, view).filter(({ creator, contributions: n }) => creator !== '' && n > 0n);
  const [busy] = inUse;
  if (busy !== undefined && random.oneIn(3)) {
    const { creator, id } = busy;
    return draft(actorOf(creator), contribution.msgCancelObjective, { creator, objectiveId: id });
  }
  const contributionId = BigInt(known.length) + random.between(1n, 1n << 40n);
  return draft(signer, contribution.msgWithdrawContribution, { contributor: signer.text, contributionId });
};

/** verification 18, 20, 23. */
const badRun: Act = (random) => {
  const signer = random.pick(trainers);
  const good = registration({ trainer: signer.text });
  const changes = random.pick([
    { data: { $case: 'dataContributionId', value: random.between(0n, 1n << 40n) } as const },
    { data: undefined },
    { stake: coin('2000', 'other') },
    { fee: coin('2000', 'other') },
  ]);
  return draft(signer, verification.msgRegisterRun, { ...good, ...changes });
};

/** verification 8. */
const unknownTask: Act = (random) => {
  const { worker } = random.pick(operators);
  const taskId = random.between(1n << 40n, 1n << 50n);
  return draft(worker, verification.msgAckData, { worker: worker.text, taskId, available: true });
};

/** verification 10, 15: a reveal before its time, and one of no sense. */
const badReveal: Act = (random, view) => {
  const open = valuesOf(tasks, view).filter(({ seats }) => seats.length > 0);
  const task = open.length === 0 ? undefined : random.pick(open);
  const worker = task?.seats[0]?.keys?.worker;
  if (task === undefined || worker === undefined) return undefined;
  const badUnit = random.oneIn(2) ? 3n : 0n;
  const attestation = Attestation.fromPartial({ verdict: Verdict.VERDICT_INVALID, badUnit });
  const message = { worker, taskId: task.id, attestation, salt: new Uint8Array(32) };
  return draft(actorOf(worker), verification.msgRevealAttestation, message);
};

/** verification 24, 25, 28, 29, 30: runs of others and of nobody. */
const meddleWithRun: Act = (random, view) => {
  const open = valuesOf(runs, view).filter(({ status }) => status === RunStatus.RUN_STATUS_COMMITTED);
  const run = open.length === 0 ? undefined : random.pick(open);
  const runId = run === undefined || random.oneIn(4) ? random.between(1n << 40n, 1n << 50n) : run.id;
  if (run !== undefined && random.oneIn(2)) return dispute(random, run);
  const signer = random.pick(users);
  const { steps, finalRoot } = run === undefined ? nothingTrained : view.workshop.train(run);
  return draft(signer, verification.msgCommitRun, {
    trainer: signer.text,
    runId,
    stepRoot: new Uint8Array(32),
    finalRoot,
    lastLeaf: run === undefined ? noLeaf : steps?.open(Number(run.units)),
    uris: ['http://127.0.0.1/run'],
  });
};

const noLeaf = {
  stateRoot: new Uint8Array(32),
  batchDigest: new Uint8Array(32),
  path: new Uint8Array(),
  gradRoot: new Uint8Array(),
};
const nothingTrained = { steps: undefined, finalRoot: new Uint8Array(32) };

function dispute(random: Random, run: Run): Draft {
  const signer = random.pick(users);
  const unit = random.between(1n, run.units);
  return draft(signer, verification.msgOpenDispute, {
    challenger: signer.text,
    runId: run.id,
    unit,
    bond: coin('150'),
  });
}

/** verification 32, 33, 34. */
const meddleWithDispute: Act = (random, view: View) => {
  const open = valuesOf(disputes, view).filter(({ status }) => status === DisputeStatus.DISPUTE_STATUS_SELECT);
  const some: Dispute | undefined = open.length === 0 ? undefined : random.pick(open);
  const disputeId = some === undefined || random.oneIn(3) ? random.between(1n << 40n, 1n << 50n) : some.id;
  const signer = random.pick(users);
  return draft(signer, verification.msgSelectNode, { challenger: signer.text, disputeId, index: 0 });
};

/** staking 3 for one who never was. */
const delegateToNobody: Act = (random) => {
  const signer = random.pick(users);
  const validatorAddress = random.pick([operators.at(-1)?.operator ?? '', stranger.text]);
  return draft(signer, staking.msgDelegate, { delegatorAddress: signer.text, validatorAddress, amount: coin('7') });
};

export const refusalActs: readonly Act[] = [
  badMultiSend,
  grantNothing,
  badValidator,
  badValidator,
  fidget,
  fidget,
  fidget,
  redelegateToNobody,
  badContribution,
  badRun,
  badRun,
  unknownTask,
  badReveal,
  meddleWithRun,
  meddleWithRun,
  meddleWithDispute,
  delegateToNobody,
];
