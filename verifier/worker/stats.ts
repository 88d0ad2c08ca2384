import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Verdict, type Verifier } from '../../proto/generated/infinet/verification/v1/types.ts';

const verdictLabels: Readonly<Record<number, string>> = {
  [Verdict.VERDICT_VALID]: 'valid',
  [Verdict.VERDICT_INVALID]: 'invalid',
  [Verdict.VERDICT_FRAUD]: 'fraud',
  [Verdict.VERDICT_UNAVAILABLE]: 'unavailable',
};

export function verdictLabel(verdict: Verdict): string {
  return verdictLabels[verdict] ?? 'unspecified';
}

/** What the chain knows of an operator and its hot key. */
export interface Standing {
  /** Absent when the operator is no verifier. */
  readonly record: Verifier | undefined;
  readonly claimable: bigint;
  readonly balance: bigint;
}

/** What a worker reports to Prometheus. */
export class WorkerStats {
  readonly registry = new Registry();
  readonly #verdicts = new Counter({
    name: 'infinet_verifier_attestations_total',
    help: 'Attestations computed, by verdict',
    labelNames: ['verdict'],
    registers: [this.registry],
  });
  readonly #seconds = new Histogram({
    name: 'infinet_verifier_attestation_seconds',
    help: 'Time that computing an attestation took',
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300],
    registers: [this.registry],
  });
  readonly #failures = new Counter({
    name: 'infinet_verifier_failures_total',
    help: 'Looks and tasks that failed and are tried again',
    registers: [this.registry],
  });
  readonly #lastLook = new Gauge({
    name: 'infinet_verifier_last_look_seconds',
    help: 'When the worker last looked at the chain, seconds since the Unix epoch',
    registers: [this.registry],
  });
  readonly #seats = new Gauge({
    name: 'infinet_verifier_open_seats',
    help: 'Seats of the operator in tasks that are not done, at the last look',
    registers: [this.registry],
  });
  readonly #txs = new Counter({
    name: 'infinet_verifier_txs_total',
    help: 'Txs of this worker that are in a block, by what they say and whether they succeeded',
    labelNames: ['action', 'result'],
    registers: [this.registry],
  });
  readonly #record = new Gauge({
    name: 'infinet_verifier_record',
    help: 'What the chain has counted of this operator: seats given, paid (agreed), outvoted (disagreed), missed; times slashed',
    labelNames: ['what'],
    registers: [this.registry],
  });
  readonly #claimable = new Gauge({
    name: 'infinet_verifier_claimable',
    help: 'Rewards that the operator may claim, in the smallest unit',
    registers: [this.registry],
  });
  readonly #balance = new Gauge({
    name: 'infinet_verifier_worker_balance',
    help: 'What the hot key has left for fees and bonds, in the smallest unit',
    registers: [this.registry],
  });
  #hasLooked = false;

  get isReady(): boolean {
    return this.#hasLooked;
  }

  looked(): void {
    this.#hasLooked = true;
    this.#lastLook.setToCurrentTime();
  }

  standing({ record, claimable, balance }: Standing): void {
    for (const what of ['assigned', 'agreed', 'disagreed', 'missed', 'slashed'] as const) {
      this.#record.set({ what }, Number(record?.[what] ?? 0n));
    }
    this.#claimable.set(Number(claimable));
    this.#balance.set(Number(balance));
  }

  seats(open: number): void {
    this.#seats.set(open);
  }

  sent(action: string, succeeded: boolean): void {
    this.#txs.inc({ action, result: succeeded ? 'succeeded' : 'failed' });
  }

  failed(): void {
    this.#failures.inc();
  }

  attested(verdict: Verdict, seconds: number): void {
    this.#verdicts.inc({ verdict: verdictLabel(verdict) });
    this.#seconds.observe(seconds);
  }
}
