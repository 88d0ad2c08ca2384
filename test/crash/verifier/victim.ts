import { connectComet } from '@cosmjs/tendermint-rpc';
import { pino } from 'pino';
import { openVerifierHome } from '../../../verifier/home.ts';
import { work } from '../../../verifier/work.ts';
import { WorkerStats } from '../../../verifier/worker/stats.ts';

/**
 * A real worker that ends itself, as SIGKILL does, the next time that it comes by the step that it was told:
 * `node victim.ts HOME OPERATOR RPC DATABASE_URL`, steps by IPC.
 */
const [home = '', operator = '', rpc = '', databaseUrl = ''] = process.argv.slice(2);
let deadly: string | undefined;

function at(step: string): void {
  process.send?.({ step });
  if (step === deadly) process.kill(process.pid, 'SIGKILL');
}

process.on('message', (message) => {
  if (typeof message === 'object' && message !== null && 'deadly' in message) {
    deadly = typeof message.deadly === 'string' ? message.deadly : undefined;
  }
});
process.on('disconnect', () => process.exit(0));

const { fetch } = globalThis;
let states = 0;
/** Downloads are steps, too: the leaves of a run in the middle, and the third state that a replay asks for. */
globalThis.fetch = async (input, init) => {
  const response = await fetch(input, init);
  const url = String(input instanceof Request ? input.url : input);
  if (url.includes('leaves')) at('downloading');
  if (url.includes('state') && ++states % 3 === 0) at('replaying');
  return response;
};

await work(
  {
    operator,
    home: openVerifierHome(home),
    comet: await connectComet(rpc),
    databaseUrl,
    denom: 'uinf',
    gasPriceMicro: 1000n,
    pollMs: 100,
    tasksAtOnce: 4,
    stats: new WorkerStats(),
    log: pino({ level: 'info' }),
    at,
  },
  new AbortController().signal,
);
