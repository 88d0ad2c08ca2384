import type { Probe } from '../simulator.ts';
import { poison } from './amounts.ts';
import { Quota, trialTx } from './trial.ts';

/** Messages that would succeed are tried with bad amounts in each field: they fail with a code, or are taken as harmless. */
export class PoisonProbe implements Probe {
  /** Fields tried in messages that would have succeeded. */
  readonly tried = new Quota(2);
  attempts = 0;

  draft: Probe['draft'] = ({ machine, view }, { signer, message }) => {
    const run = (bytes: typeof message) => machine.app.simulate(trialTx(view, signer, [bytes]));
    if (run(message).code !== 0) return;
    const fields = new Set<string>();
    for (const { field, value, mustFail, message: poisoned } of poison(message)) {
      if (!fields.has(field) && !this.tried.take(field)) continue;
      fields.add(field);
      this.attempts++;
      const { code, log } = run(poisoned);
      if (log.startsWith('recovered:')) throw new Error(`${field} = ${value} is not handled: ${log}`);
      if (mustFail && code === 0) throw new Error(`${field} = ${value} was carried out`);
    }
  };
}
