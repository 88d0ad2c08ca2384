import type { Probe } from '../simulator.ts';
import { trialTx } from './trial.ts';
import { type Work, type WorkMeter, workUnits } from './work.ts';

/** The dearest tx of a message type: units of work for a gas unit, against a bank send. */
export interface WorkPrice {
  readonly typeUrl: string;
  readonly unitsPerGas: number;
  /** To the dearest bank send's. */
  readonly ratio: number;
  readonly counts: ReadonlyMap<Work, number>;
}

const sendUrl = '/cosmos.bank.v1beta1.MsgSend';

/**
 * Counts the work of messages that succeed, whole txs without their signature check. No clock: the same seed gives the same
 * figures on every machine.
 */
export class WorkProbe implements Probe {
  readonly #dearest = new Map<string, Omit<WorkPrice, 'ratio'>>();
  readonly #kinds = new Set<Work>();
  readonly #meter: WorkMeter;

  constructor(meter: WorkMeter) {
    this.#meter = meter;
  }

  draft: Probe['draft'] = ({ machine, view }, { signer, message }) => {
    const tx = trialTx(view, signer, [message]);
    this.#meter.take();
    const { code, gasUsed } = machine.app.simulate(tx);
    this.#meter.add('txByte', tx.length);
    const counts = this.#meter.take();
    if (code !== 0) return;
    for (const kind of counts.keys()) this.#kinds.add(kind);
    const { typeUrl } = message;
    const units = [...counts].reduce((sum, [work, count]) => sum + workUnits[work] * count, 0);
    const price = { typeUrl, unitsPerGas: units / Number(gasUsed), counts };
    const before = this.#dearest.get(typeUrl);
    if (before === undefined || before.unitsPerGas < price.unitsPerGas) this.#dearest.set(typeUrl, price);
  };

  /** Dearest first. */
  get prices(): WorkPrice[] {
    const base = this.#dearest.get(sendUrl)?.unitsPerGas ?? Number.NaN;
    return [...this.#dearest.values()]
      .map((price) => ({ ...price, ratio: price.unitsPerGas / base }))
      .sort((a, b) => b.ratio - a.ratio);
  }

  /** Kinds of work that occurred: a wrapper that does not count any more is missing here. */
  get kinds(): Work[] {
    return [...this.#kinds].sort();
  }
}
