#!/usr/bin/env node
import '../nodeVersion.ts';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { pino } from 'pino';
import { FinalError } from './failure.ts';
import { type Role, runIndexer } from './run.ts';

interface Flags {
  readonly rpc: string[];
  readonly databaseUrl?: string;
  readonly home: string;
  readonly listen: { host: string; port: number };
  readonly role: Role;
  readonly pollMs: number;
  readonly logLevel: string;
}

const program = new Command('infinet-indexer')
  .description('Follows a CometBFT node of AI Infinet into Postgres and answers GraphQL about it.')
  .option('--rpc <urls>', 'JSON-RPC of one or more nodes, comma-separated', readUrls, ['http://127.0.0.1:26657'])
  .option(
    '--database-url <url>',
    'Postgres (env INDEXER_DATABASE_URL, else DATABASE_URL, else one of our own in --home)',
  )
  .addOption(
    new Option('--home <folder>', 'where the own Postgres lies')
      .env('INFINET_INDEXER_HOME')
      .default(join(homedir(), '.infinet-indexer'), '~/.infinet-indexer')
      .argParser((value: string) => resolve(value)),
  )
  .option('--listen <host:port>', 'GraphQL, health and metrics', readAddress, { host: '127.0.0.1', port: 26753 })
  .addOption(new Option('--role <role>', 'what this process does').choices(['ingest', 'serve', 'both']).default('both'))
  .option('--poll-ms <milliseconds>', "pause between two looks at the chain's tip", readCount, 100)
  .option('--log-level <level>', 'trace, debug, info, warn, error or silent', 'info')
  .showHelpAfterError('(see --help)')
  .action(async (flags: Flags) => {
    const logger = pino({ level: flags.logLevel, base: { program: 'infinet-indexer' } });
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
    // Whoever started this program with an IPC channel is gone.
    process.on('disconnect', () => stop.abort());
    try {
      const { INDEXER_DATABASE_URL, DATABASE_URL } = process.env;
      const databaseUrl = flags.databaseUrl ?? INDEXER_DATABASE_URL ?? DATABASE_URL;
      const { host, port } = flags.listen;
      await runIndexer({ ...flags, databaseUrl, host, port, logger, stop });
      logger.info('stopped');
    } catch (error) {
      // What the operator can mend is one sentence; anything else is a bug and keeps its stack.
      if (error instanceof FinalError) logger.fatal(error.message);
      else logger.fatal({ err: error }, 'the indexer failed');
      process.exitCode = 1;
    }
    // An IPC channel would keep a finished process alive.
    if (process.connected) process.disconnect();
  });

function readUrls(text: string): string[] {
  return text.split(',').map((part) => {
    const url = part.trim();
    if (!/^https?:\/\/./.test(url)) throw new InvalidArgumentError(`${url} is not an http:// or https:// address`);
    return url;
  });
}

function readAddress(text: string): { host: string; port: number } {
  const match = /^(.+):(\d{1,5})$/.exec(text);
  if (match?.[1] === undefined || Number(match[2]) > 65_535) throw new InvalidArgumentError('must be host:port');
  return { host: match[1], port: Number(match[2]) };
}

function readCount(text: string): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) < 10) throw new InvalidArgumentError('must be 10 or more');
  return Number(text);
}

await program.parseAsync();
