import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command, InvalidArgumentError } from 'commander';
import { serveControl } from './control.ts';
import { deleteNetwork, type Network, startNetwork } from './network.ts';
import { playStory, readPlays } from './story/story.ts';
import { clientNode, httpUrl, rpcUrl } from './topology.ts';

interface Options {
  readonly validators: number;
  readonly home: string;
  readonly portOffset: number;
  readonly once: boolean;
  readonly fresh: boolean;
  readonly yes: boolean;
  readonly story: boolean;
}

const program = new Command('npm start --')
  .description('Brings up a real network on this machine, plays the story once, and keeps running until Ctrl-C.')
  .option('--validators <number>', 'how many validators, 1 to 9', wholeNumber, 4)
  .option('--home <folder>', 'where everything of the network lies', '.localnet')
  .option('--port-offset <number>', 'added to every port (see localnet/topology.ts)', wholeNumber, 0)
  .option('--once', 'stop after the story; exit status 0 only if every step of it held', false)
  .option('--fresh', 'delete the network in the folder first', false)
  .option('--yes', 'do not ask before deleting', false)
  .option('--no-story', 'bring the network up only')
  .showHelpAfterError('(see npm start -- --help)')
  .action(run);

const started = performance.now();

function say(line: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
  console.log(`${seconds} s  ${line}`);
}

async function run(options: Options): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) return;
      console.log('');
      say('stopping everything');
      stopping.abort();
    });
  }
  const folder = resolve(options.home);
  if (options.fresh) await confirmAndDelete(folder, options.yes);
  const { validators, portOffset } = options;
  const network = await startNetwork({
    folder,
    validators,
    portOffset,
    onProgress: say,
    signal: stopping.signal,
  }).catch((error: unknown) => {
    // Ctrl-C reaches the children too: that one of them ended is no failure then.
    if (!stopping.signal.aborted) throw error;
  });
  if (network === undefined) return say('stopped');
  const control = serveControl(network, () => process.emit('SIGTERM'));
  try {
    await Promise.race([
      serve(network, options, stopping.signal),
      aborted(stopping.signal),
      network.failure.then((sentence) => {
        throw new Error(sentence);
      }),
    ]);
  } finally {
    control.close();
    await network.stop();
  }
  say('stopped');
}

async function serve(network: Network, options: Options, signal: AbortSignal): Promise<void> {
  say(`the network is ${network.isNew ? 'up' : 'up again'}`);
  // Played once on a network that keeps running; --once is asked for to see it hold, so it plays again.
  const { finished } = readPlays(network);
  if (options.story && (options.once || finished === 0)) await playStory(network, { say, signal });
  else if (options.story) say('the story was played on this network already; --once plays it again with other data');
  if (options.once) return;
  describe(network);
  await aborted(signal);
}

function describe({ topology, paths }: Network): void {
  const lines = [
    '',
    `  GraphQL and GraphiQL   ${httpUrl(topology.indexer, '/graphql')}`,
    `  CometBFT RPC           ${rpcUrl(clientNode(topology))}`,
    `  faucet                 curl -X POST '${httpUrl(topology.services, '/faucet?address=infinet1...')}'`,
    `  price of the oracle    ${paths.priceFile} (edit it, the chain follows)`,
    `  logs                   ${paths.folder}/logs`,
    '',
    '  Ctrl-C stops everything; the next start goes on from here.',
    '',
  ];
  console.log(lines.join('\n'));
}

async function confirmAndDelete(folder: string, yes: boolean): Promise<void> {
  if (!yes && process.stdin.isTTY) {
    const prompt = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await prompt.question(`Delete the network in ${folder}? [y/N] `);
    prompt.close();
    if (!/^y(es)?$/i.test(answer.trim())) throw new Error('nothing was deleted');
  }
  deleteNetwork(folder);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}

function wholeNumber(text: string): number {
  if (!/^-?\d{1,6}$/.test(text)) throw new InvalidArgumentError('it must be a whole number');
  return Number(text);
}

try {
  await program.parseAsync();
  process.exit(0);
} catch (error) {
  console.error(`\nnpm start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
