import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Context } from '../chain/context.ts';
import { defaultAppState } from '../chain/node/defaultState.ts';
import { buildGenesis } from '../chain/node/genesis.ts';
import { MemoryState } from '../chain/store/memory.ts';
import { OverlayBranch } from '../chain/store/overlay.ts';
import { CREDITS_PER_BLOCK } from '../modules/rewards/payouts.ts';
import { emission } from '../modules/rewards/state.ts';
import { createValuation } from '../modules/valuation/index.ts';
import { MsgClaimRewards } from '../proto/generated/infinet/rewards/v1/tx.ts';
import { abci, bankTx } from '../sdk/codec/index.ts';
import { type Benchmark, type Figures, median, rounded, type Say } from './bench.ts';
import {
  addresses,
  blockTime,
  bystander,
  chainId,
  denom,
  openChain,
  prefix,
  runBlock,
  type Sender,
  sender,
  signed,
  stake,
} from './store/inProcess.ts';

const txs = 200;
const metrics = ['completeness', 'accuracy', 'consistency', 'timeliness', 'impact_micro'].map((name) => ({
  name,
  value: 900_000n,
}));

/** Wall-clock and CPU milliseconds of some work in this thread. */
function measured(work: () => void): { readonly wall: number; readonly cpu: number } {
  const before = process.threadCpuUsage();
  const start = performance.now();
  work();
  const wall = performance.now() - start;
  const { user, system } = process.threadCpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}

/** The whole chain in this process, its store on disk: blocks without txs before, while and after a large epoch is paid. */
async function closeEpoch(folder: string, contributions: number, say: Say): Promise<Figures> {
  const { app, store, filled, wired } = openChain(folder);
  const people = Array.from({ length: 2 * txs }, (_, index) => sender(index));
  const coins = [{ denom, amount: '1000000' }];
  const owner = new Uint8Array(20).fill(9);
  const genesis = buildGenesis({
    chainId,
    prefix,
    denom,
    accounts: [
      ...people.map(({ address }) => ({ address: addresses.accountText(address), coins })),
      { address: addresses.accountText(owner), coins: [{ denom, amount: stake.toString() }] },
    ],
    validators: [{ moniker: 'bench', account: owner, publicKey: new Uint8Array(32).fill(7), tokens: stake }],
    modules: defaultAppState(denom),
  });
  const appStateBytes = Buffer.from(JSON.stringify(genesis.app_state));
  app.initChain(abci.RequestInitChain.fromPartial({ chainId, time: blockTime(0), initialHeight: 1n, appStateBytes }));

  const view = () => new Context({ chainId, height: store.version, time: 0n, proposer: owner }, store.committed);
  let seconds = 0;
  const block = async (some: Uint8Array[] = []) => {
    seconds += 1;
    const out: { failed: readonly { log: string }[]; gas: bigint[] } = { failed: [], gas: [] };
    const times = measured(() => {
      const { failed, results } = runBlock(app, store, seconds, some);
      out.failed = failed;
      out.gas = results.map(({ gasUsed }) => gasUsed);
    });
    if (out.failed.length > 0) throw new Error(`${out.failed.length} txs fail: ${out.failed[0]?.log}`);
    // Lets the store write what it keeps for later, as a chain does between blocks.
    await setTimeout(20);
    return { ...times, gas: out.gas };
  };

  await block();
  const perBlock = 5_000;
  for (let done = 0; done < contributions; done += perBlock) {
    filled.next = ({ working }) => {
      const ctx = new Context({ chainId, height: store.version, time: 0n, proposer: owner }, working);
      for (let id = done; id < Math.min(contributions, done + perBlock); id++) {
        const beneficiary = people[id]?.address ?? bystander(id);
        const weight = 500_000n + BigInt((id * 7_919) % 400_000);
        wired.rewards.keeper.addWeight(ctx, { contributionId: BigInt(id + 1), kind: 1, beneficiary, weight });
      }
    };
    await block();
  }
  const idle = [];
  for (let count = 0; count < 40; count++) idle.push(await block());
  const usual = { wall: median(idle.map(({ wall }) => wall)), cpu: median(idle.map(({ cpu }) => cpu)) };
  say(
    `${contributions} contributions wait; a block without txs takes ${usual.wall.toFixed(1)} ms (${usual.cpu.toFixed(1)} of CPU)`,
  );
  seconds += 3_600;
  const paying: Awaited<ReturnType<typeof block>>[] = [];
  do paying.push(await block());
  while (emission.require(view()).paying > 0n);
  const longer = (of: 'wall' | 'cpu') => paying.map((each) => each[of] - usual[of]);
  const worst = { wall: Math.max(...longer('wall')), cpu: Math.max(...longer('cpu')) };
  const middle = { wall: median(longer('wall')), cpu: median(longer('cpu')) };
  say(
    `paid in ${paying.length} blocks of ${CREDITS_PER_BLOCK} credits, each longer by ${middle.wall.toFixed(1)} ms (${middle.cpu.toFixed(1)} of CPU), ` +
      `worst ${worst.wall.toFixed(1)} ms (${worst.cpu.toFixed(1)} of CPU)`,
  );

  const check = (tx: Uint8Array): Uint8Array => {
    const { code, log } = app.checkTx({ tx, type: abci.CheckTxType.NEW });
    if (code !== 0) throw new Error(`CheckTx refuses: ${code} ${log}`);
    return tx;
  };
  const [claimants, senders] = [people.slice(0, txs), people.slice(txs)];
  const claims = await block(claimants.map((from, at) => check(claim(from, BigInt(at)))));
  const sends = await block(
    senders.map((from, at) => check(send(from, BigInt(txs + at), claimants[at]?.address ?? owner))),
  );
  const each = { claim: (claims.cpu - usual.cpu) / txs, send: (sends.cpu - usual.cpu) / txs };
  const gas = { claim: Number(claims.gas[0] ?? 0n), send: Number(sends.gas[0] ?? 0n) };
  say(
    `a claim takes ${each.claim.toFixed(3)} ms of CPU and ${gas.claim} gas, a send ${each.send.toFixed(3)} ms and ${gas.send} gas`,
  );
  await store.close();
  return {
    contributions,
    creditsPerBlock: CREDITS_PER_BLOCK,
    blocksToPay: paying.length,
    idleBlockMs: rounded(usual.wall),
    longerMedianMs: rounded(middle.wall),
    longerWorstMs: rounded(worst.wall),
    longerMedianCpuMs: rounded(middle.cpu),
    longerWorstCpuMs: rounded(worst.cpu),
    claimCpuMs: rounded(each.claim, 3),
    sendCpuMs: rounded(each.send, 3),
    claimOverSendCpu: rounded(each.claim / each.send),
    claimGas: gas.claim,
    sendGas: gas.send,
    claimOverSendGas: rounded(gas.claim / gas.send),
  };
}

function claim(from: Sender, accountNumber: bigint): Uint8Array {
  const value = MsgClaimRewards.encode({ claimant: addresses.accountText(from.address) }).finish();
  return signed(from, accountNumber, { typeUrl: '/infinet.rewards.v1.MsgClaimRewards', value });
}

function send(from: Sender, accountNumber: bigint, to: Uint8Array): Uint8Array {
  const [fromAddress, toAddress] = [from.address, to].map((address) => addresses.accountText(address));
  const value = bankTx.MsgSend.encode(
    bankTx.MsgSend.fromPartial({ fromAddress, toAddress, amount: [{ denom, amount: '1' }] }),
  ).finish();
  return signed(from, accountNumber, { typeUrl: '/cosmos.bank.v1beta1.MsgSend', value });
}

/** What valuation does with 1,000 agreed reveals: weight, record and event of each. */
function valueReveals(say: Say): Figures {
  const contributors = Array.from({ length: 1_000 }, (_, at) => bystander(at));
  const times = Array.from({ length: 15 }, () => {
    const { module, keeper } = createValuation({
      addresses,
      rewards: { addWeight: () => {} },
      assessor: { requestRound: () => 1n },
    });
    const block = { chainId, height: 1n, time: 0n, proposer: new Uint8Array() };
    const ctx = new Context(block, new OverlayBranch(new MemoryState()));
    module.initGenesis?.(ctx, {});
    return measured(() => {
      for (const [at, beneficiary] of contributors.entries()) {
        const subject = {
          contributionId: BigInt(at + 1),
          kind: 1 as const,
          objectiveId: 1n,
          beneficiary,
          metrics,
        };
        keeper.appraise(ctx, { ...subject, qualityGatePpm: 0n, baselinePpm: 500_000n, emission: true });
      }
    });
  });
  const [wall, cpu] = [median(times.map((time) => time.wall)), median(times.map((time) => time.cpu))];
  say(`valuing 1,000 reveals: ${wall.toFixed(1)} ms (${cpu.toFixed(1)} of CPU)`);
  return { value1000RevealsMs: rounded(wall), value1000RevealsCpuMs: rounded(cpu) };
}

async function run(say: Say): Promise<Figures> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { contributions: { type: 'string', default: '100000' } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'bench-rewards-'));
  try {
    return { ...valueReveals(say), ...(await closeEpoch(folder, Number(values.contributions), say)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const rewards: Benchmark = {
  about: 'paying an epoch of 100,000 contributions, valuation, a claim beside a send',
  run,
};
