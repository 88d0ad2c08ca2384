import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningNode } from '../../e2e/node.ts';
import { randomNumbers } from '../blocks.ts';
import { type Home, makeHomes } from './homes.ts';
import { lastHeight, readBlock, type SeenBlock, sendUntil, sequenceOf } from './observer.ts';
import { type Phase, phases } from './phases.ts';
import { startNode, untilGone, Victim } from './process.ts';
import { senders } from './txs.ts';

const targets = ['infinetd', 'infinetd', 'both', 'cometbft'] as const;
type Target = (typeof targets)[number];

export interface NodeFigures {
  readonly kills: Readonly<Record<Target, number>>;
  /** How many kills of infinetd came in the middle of what. */
  readonly landed: Readonly<Record<Phase, number>>;
  /** How far the state was against CometBFT's block store at restarts: `app-blocks`. */
  readonly handshakes: Readonly<Record<string, number>>;
  readonly blocks: number;
  readonly txs: number;
  /** From the start of the process to its first new block, milliseconds. */
  readonly backMs: { readonly p50: number; readonly p99: number; readonly most: number };
}

/** A validator that is killed again and again under load, beside a full node of its chain that is not. */
class NodeTrial {
  readonly kills: Record<Target, number> = { infinetd: 0, both: 0, cometbft: 0 };
  readonly landed: Record<Phase, number> = { append: 0, rotate: 0, snapshot: 0, checkpoint: 0, prune: 0, block: 0 };
  readonly handshakes: Record<string, number> = {};
  readonly back: number[] = [];
  readonly seen = new Map<number, SeenBlock>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'crash-node-'));
  readonly #random: () => number;
  #validator: Home | undefined;
  #follower: Home | undefined;
  #twin: RunningNode | undefined;
  #victim: Victim | undefined;
  #failed = false;

  constructor(seed: number) {
    this.#random = randomNumbers(seed);
  }

  async begin(): Promise<void> {
    const { validator, follower } = await makeHomes(this.#folder);
    this.#validator = validator;
    this.#follower = follower;
    this.#twin = startNode(follower.path);
    await this.#start(0);
  }

  /** Kills what the seed says when it says so, starts again, and looks at what was seen before. */
  async round(): Promise<void> {
    const validator = given(this.#validator);
    const victim = given(this.#victim);
    const stop = new AbortController();
    const load = sendUntil(validator.rpc, validator.rest, stop.signal);
    const watch = this.#watch(stop.signal);
    const target = targets[this.#random() % targets.length] ?? 'both';
    const phase = phases[this.#random() % phases.length] ?? 'append';
    await sleep(300 + (this.#random() % 1500));
    if (target !== 'cometbft' && this.#random() % 3 !== 0) {
      await victim.untilIn(phase, 3000);
      if (this.#random() % 2 === 0) await sleep(this.#random() % 4);
    }
    const comet = victim.cometPid;
    if (target !== 'cometbft') victim.node.process.kill('SIGKILL');
    if (target !== 'infinetd') process.kill(comet, 'SIGKILL');
    stop.abort();
    await Promise.all([victim.node.ended, untilGone(comet), load, watch]);
    this.kills[target] += 1;
    if (target !== 'cometbft') for (const hit of victim.phases()) this.landed[hit] += 1;
    await this.#start(Math.max(0, ...this.seen.keys()));
    await this.#compare(validator, Math.max(0, ...this.seen.keys()) - 5);
  }

  /** Every block of the chain and every account on both nodes. Returns the number of txs in its blocks. */
  async finish(): Promise<number> {
    const [validator, follower] = [given(this.#validator), given(this.#follower)];
    const last = (await lastHeight(validator.rpc)) ?? 0;
    await until('the node that was never killed to follow', 180_000, async () => {
      if (given(this.#twin).process.exitCode !== null) throw new Error(`it ended:\n${tail(given(this.#twin))}`);
      return ((await lastHeight(follower.rpc)) ?? 0) > last ? true : undefined;
    });
    let txs = 0;
    for (let height = 1; height <= last; height++) {
      const [ours, twins] = await Promise.all([readBlock(validator.rpc, height), readBlock(follower.rpc, height)]);
      if (ours === undefined || JSON.stringify(ours) !== JSON.stringify(twins)) {
        throw new Error(`block ${height} differs: ${JSON.stringify(ours)} here, ${JSON.stringify(twins)} there`);
      }
      if (!this.seen.has(height)) this.seen.set(height, ours);
      // The first one is the votes' extensions.
      txs += ours.txs.filter((tx) => / 0 [1-9]/.test(tx)).length;
    }
    await this.#compare(validator, 1);
    let sequences = 0n;
    for (const sender of senders) {
      const there = await sequenceOf(follower.rest, sender);
      if ((await sequenceOf(validator.rest, sender)) !== there) throw new Error(`account ${sender.text} differs`);
      sequences += there;
    }
    if (sequences < BigInt(txs))
      throw new Error(`the blocks hold ${txs} txs, the accounts' sequences say ${sequences}`);
    return txs;
  }

  /** Ends all processes; the folder stays where something failed. */
  async end(): Promise<void> {
    for (const node of [this.#victim?.node, this.#twin]) {
      node?.process.kill('SIGTERM');
      await node?.ended;
    }
    if (!this.#failed) rmSync(this.#folder, { recursive: true, force: true });
  }

  fail(error: unknown): Error {
    this.#failed = true;
    const said = this.#victim === undefined ? '' : tail(this.#victim.node);
    return new Error(`${error} (files: ${this.#folder})\n${said}`, { cause: error });
  }

  async #start(above: number): Promise<void> {
    const validator = given(this.#validator);
    const begun = performance.now();
    const victim = new Victim(validator.path, join(this.#folder, 'phases'));
    this.#victim = victim;
    await until('a new block', 120_000, async () => {
      if (victim.node.process.exitCode !== null) throw new Error('the node ended by itself');
      const height = (await lastHeight(validator.rpc)) ?? 0;
      return height > above && height > 1 ? true : undefined;
    });
    if (above > 0) this.back.push(performance.now() - begun);
    const replay = victim.node.lines.find((line) => line.includes('ABCI Replay Blocks'));
    const match = /appHeight=(\d+).*storeHeight=(\d+)/.exec(replay ?? '');
    if (match === null || above === 0) return;
    const behind = `app${Number(match[1]) - Number(match[2]) || '+0'}`;
    this.handshakes[behind] = (this.handshakes[behind] ?? 0) + 1;
  }

  /** Notes every block whose results can be asked for. */
  async #watch(stop: AbortSignal): Promise<void> {
    const { rpc } = given(this.#validator);
    try {
      while (!stop.aborted) {
        const last = (await lastHeight(rpc)) ?? 0;
        for (let height = Math.max(1, Math.max(0, ...this.seen.keys()) + 1); height <= last; height++) {
          const block = await readBlock(rpc, height);
          if (block === undefined) break;
          this.seen.set(height, block);
        }
        await sleep(30);
      }
    } catch {
      // It was killed meanwhile.
    }
  }

  async #compare({ rpc }: Home, from: number): Promise<void> {
    for (const [height, before] of this.seen) {
      if (height < from) continue;
      const now = await readBlock(rpc, height);
      if (JSON.stringify(now) !== JSON.stringify(before)) {
        throw new Error(`block ${height} was ${JSON.stringify(before)} and is ${JSON.stringify(now)}`);
      }
    }
  }
}

/** Throws at the first difference, with the seed and the place of the files. */
export async function nodeCrashRounds(seed: number, rounds: number, say: (line: string) => void): Promise<NodeFigures> {
  const trial = new NodeTrial(seed);
  try {
    await trial.begin();
    for (let round = 1; round <= rounds; round++) {
      await trial.round();
      if (round % 10 === 0) say(`${round} kills, height ${Math.max(...trial.seen.keys())}`);
    }
    const txs = await trial.finish();
    const back = trial.back.sort((a, b) => a - b).map(Math.round);
    const at = (share: number) => back[Math.min(back.length - 1, Math.floor(back.length * share))] ?? 0;
    const { kills, landed, handshakes, seen } = trial;
    const backMs = { p50: at(0.5), p99: at(0.99), most: back.at(-1) ?? 0 };
    return { kills, landed, handshakes, blocks: seen.size, txs, backMs };
  } catch (error) {
    throw trial.fail(`seed ${seed}: ${error}`);
  } finally {
    await trial.end();
  }
}

function tail(node: RunningNode): string {
  return node.lines.slice(-30).join('\n');
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('begin comes first');
  return value;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function until<T>(what: string, patienceMs: number, ask: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await sleep(50)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error(`waited ${patienceMs / 1000} s for ${what}`);
}
