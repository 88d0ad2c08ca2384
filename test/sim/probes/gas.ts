import type { Probe } from '../simulator.ts';
import { trialTx } from './trial.ts';

/** CPU time of a message type against the gas that it pays. */
export interface GasPrice {
  readonly typeUrl: string;
  readonly nanosecondsPerGas: number;
  /** To a bank send's. */
  readonly ratio: number;
}

const sendUrl = '/cosmos.bank.v1beta1.MsgSend';
const repetitions = 8;
/** A type that was timed less often does not count. */
const leastSamples = 3;
/** Compilers are warm after so many blocks. */
const warmBlocks = 30n;

/**
 * Times messages that succeed, whole txs without their signature check: the shortest of several runs, so that a busy
 * machine matters little (the CPU time that Linux counts for a thread is too coarse). A type counts with the median of
 * its txs.
 */
export class GasProbe implements Probe {
  readonly #prices = new Map<string, number[]>();

  draft: Probe['draft'] = ({ machine, view }, { signer, message }) => {
    if (view.height < warmBlocks) return;
    const tx = trialTx(view, signer, [message]);
    let best = Number.POSITIVE_INFINITY;
    let gas = 0n;
    for (let i = 0; i < repetitions; i++) {
      const began = process.hrtime.bigint();
      const { code, gasUsed } = machine.app.simulate(tx);
      best = Math.min(best, Number(process.hrtime.bigint() - began));
      if (code !== 0) return;
      gas = gasUsed;
    }
    const list = this.#prices.get(message.typeUrl) ?? [];
    this.#prices.set(message.typeUrl, list);
    list.push(best / Number(gas));
  };

  /** Dearest first. */
  get prices(): GasPrice[] {
    const base = median(this.#prices.get(sendUrl) ?? [Number.NaN]);
    return [...this.#prices]
      .filter(([, list]) => list.length >= leastSamples)
      .map(([typeUrl, list]) => ({ typeUrl, nanosecondsPerGas: median(list), ratio: median(list) / base }))
      .sort((a, b) => b.ratio - a.ratio);
  }
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
}
