import { decodeInjectedTx } from '../../chain/app/injectedTx.ts';
import { abci } from '../../sdk/codec/index.ts';
import { trialTx } from '../sim/probes/trial.ts';
import { Workshop } from '../sim/workshop.ts';
import { liveChain } from './chain.ts';
import { mutate } from './mutate.ts';
import type { Target } from './target.ts';

/** Txs as bytes, and signed txs whose messages are damaged: refused with a code, by CheckTx and by handlers. */
export async function txTarget(): Promise<Target> {
  const chain = await liveChain(40, () => true);
  const { app } = chain.machine;
  const view = { ctx: app.queryContext(), height: chain.simulator.height, workshop: new Workshop() };
  const messages = chain.drafts.map(({ message }) => message.value);
  return {
    name: 'tx',
    run: (random) => {
      if (random.oneIn(2)) {
        const tx = mutate(random, random.pick(chain.txs), random.pick(chain.txs));
        decodeInjectedTx(tx);
        refuse(app.checkTx({ tx, type: abci.CheckTxType.NEW }).log, chain.takeBug());
        return;
      }
      const { signer, message } = random.pick(chain.drafts);
      const value = mutate(random, message.value, random.pick(messages));
      refuse(app.simulate(trialTx(view, signer, [{ ...message, value }])).log, chain.takeBug());
    },
    close: chain.close,
  };
}

/** Where the SDK panics on purpose or by accident, and we report what it reports (`chain/tx/ante/ante.ts`). */
const goPanics = ['recovered: the auth info has no fee'];

function refuse(log: string, bug: string | undefined): void {
  if (!log.startsWith('recovered:') || goPanics.some((known) => log.startsWith(known))) return;
  throw new Error(`${log}\n${bug}`);
}
