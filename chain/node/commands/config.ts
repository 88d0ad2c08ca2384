import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { type Config, loadConfig } from '../config.ts';
import { OperatorError, reason } from '../failure.ts';
import { homePaths } from '../paths.ts';
import { addressText } from '../ports.ts';
import { type HomeFlag, homeOption, print } from './shared.ts';

export function addConfigCommands(program: Command): void {
  program
    .command('config')
    .summary('settings of a home')
    .description("A node's settings: <home>/config/infinet.toml.")
    .command('check')
    .description(
      'Check every setting of infinet.toml as a start would, and that config.toml of CometBFT fits it. Names each wrong key.',
    )
    .addOption(homeOption())
    .action((flags: HomeFlag) => {
      const paths = homePaths(flags.home);
      const config = loadConfig(paths.config);
      const notes = cometNotes(config, paths.cometConfig);
      print({ file: paths.config, valid: true, notes });
    });
}

const cometShape = z.object({
  proxy_app: z.string().optional(),
  abci: z.string().optional(),
  tx_index: z.object({ indexer: z.string().optional() }).optional(),
});

/** Where CometBFT's settings contradict ours; with --comet infinetd overrides the two. */
export function cometNotes(config: Config, path: string): string[] {
  if (!existsSync(path)) return [`${path} is missing: CometBFT would take its defaults`];
  let comet: z.infer<typeof cometShape>;
  try {
    comet = cometShape.parse(parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new OperatorError(`cannot read ${path}: ${reason(error)}`, { cause: error });
  }
  const notes: string[] = [];
  const { transport } = config.abci;
  const wanted = `${transport === 'grpc' ? '' : 'tcp://'}${addressText(config.abci.address)}`;
  if ((comet.abci ?? 'socket') !== transport) {
    notes.push(
      `config.toml: abci is ${JSON.stringify(comet.abci ?? 'socket')}, abci.transport ${JSON.stringify(transport)}; only with --comet the latter counts`,
    );
  }
  if (comet.proxy_app !== wanted) {
    notes.push(
      `config.toml: proxy_app is ${JSON.stringify(comet.proxy_app ?? '')}, CometBFT needs ${JSON.stringify(wanted)}; only with --comet it is told so`,
    );
  }
  return notes;
}
