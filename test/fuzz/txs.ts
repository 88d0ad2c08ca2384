import { decodeInjectedTx } from '../../chain/app/injectedTx.ts';
import { abci } from '../../sdk/codec/index.ts';
import { trialTx } from '../sim/probes/trial.ts';
import { Workshop } from '../sim/workshop.ts';
import { liveChain } from './chain.ts';
import { damage } from './mutateFields.ts';
import type { Target } from './target.ts';

/** Txs as bytes, and signed txs whose messages are damaged: refused with a code, by CheckTx and by handlers. */
export async function txTarget(): Promise<Target> {
  const chain = await liveChain(40, isBug);
  const { app } = chain.machine;
  const view = { ctx: app.queryContext(), height: chain.simulator.height, workshop: new Workshop() };
  const messages = chain.drafts.map(({ message }) => message.value);
  return {
    name: 'tx',
    run: (random) => {
      if (random.oneIn(2)) {
        const tx = damage(random, random.pick(chain.txs), random.pick(chain.txs));
        decodeInjectedTx(tx);
        return refuse(app.checkTx({ tx, type: abci.CheckTxType.NEW }), chain.takeBug());
      }
      const { signer, message } = random.pick(chain.drafts);
      const value = damage(random, message.value, random.pick(messages));
      return refuse(app.simulate(trialTx(view, signer, [{ ...message, value }])), chain.takeBug());
    },
    close: chain.close,
  };
}

/** Where the SDK panics on purpose or by accident, `chain/tx` throws a plain error of its own and reports what it reports. */
function isBug(stack: string): boolean {
  const [thrown = '', thrower = ''] = stack.split('\n');
  return !(thrown.startsWith('Error: ') && thrower.includes('/chain/tx/'));
}

/** Whether the tx got through. */
function refuse({ code, log }: { code: number; log: string }, bug: string | undefined): boolean {
  if (bug !== undefined) throw new Error(`${log}\n${bug}`);
  return code === 0;
}
