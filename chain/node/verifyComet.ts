import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { type CometClient, cometClient } from './comet/client.ts';
import { reason } from './failure.ts';
import type { HomePaths } from './paths.ts';

/** What CometBFT's own files say about the chain. */
export interface CometReport {
  /** Newest and oldest stored block; 0 without blocks. */
  readonly height: bigint;
  readonly base: bigint;
  /** Height that the validator key signed last; undefined where the key is elsewhere. */
  readonly signed: bigint | undefined;
  readonly problems: readonly string[];
}

const integer = z.coerce.bigint();
const blockchainShape = z.object({ last_height: integer, block_metas: z.array(z.unknown()).nullable() });
const headerShape = z.object({ header: z.object({ app_hash: z.string() }) });
const resultsShape = z.object({ app_hash: z.string().nullable().optional() });
const signedShape = z.object({ height: integer });

/**
 * Asks CometBFT's `inspect` about the blocks of a node that does not run, and compares them with the state: `state` is
 * the height and app hash (upper-case hex) that the store leads to.
 */
export async function verifyComet(
  binary: string,
  paths: HomePaths,
  state: { readonly height: bigint; readonly appHash: string },
): Promise<CometReport> {
  const problems: string[] = [];
  const signed = signedHeight(paths, problems);
  const data = join(paths.home, 'data', 'blockstore.db');
  if (!existsSync(data)) {
    if (state.height > 0n)
      problems.push(`the state is at height ${state.height}, but CometBFT has no blocks in ${data}`);
    return { height: 0n, base: 0n, signed, problems };
  }
  const inspector = await startInspect(binary, paths.home);
  try {
    const client = await inspector.ready;
    const height = blockchainShape.parse(await client.call('blockchain')).last_height;
    problems.push(...(await compare(client, height, state)));
    if (signed !== undefined && signed < height) {
      problems.push(
        `${paths.validatorState} says that height ${signed} was signed last, but there is block ${height}: with a file ` +
          'from a backup the validator may sign a height twice and be slashed',
      );
    }
    return { height, base: 0n, signed, problems };
  } catch (error) {
    problems.push(`CometBFT cannot read its files in ${join(paths.home, 'data')}: ${reason(error)}`);
    return { height: 0n, base: 0n, signed, problems };
  } finally {
    await inspector.stop();
  }
}

/** The app hash (upper-case hex) after `height` that CometBFT's blocks name; undefined where they do not reach it. */
export async function agreedAppHash(binary: string, paths: HomePaths, height: bigint): Promise<string | undefined> {
  if (!existsSync(join(paths.home, 'data', 'blockstore.db'))) return undefined;
  const inspector = await startInspect(binary, paths.home);
  try {
    const client = await inspector.ready;
    const tip = blockchainShape.parse(await client.call('blockchain')).last_height;
    return height > tip ? undefined : await appHashAfter(client, height, tip);
  } finally {
    await inspector.stop();
  }
}

/** Of a block: the next one's header has it, and of the last one its results. */
async function appHashAfter(client: CometClient, height: bigint, tip: bigint): Promise<string> {
  return height < tip
    ? headerShape.parse(await client.call('header', { height: `${height + 1n}` })).header.app_hash
    : hexOf(resultsShape.parse(await client.call('block_results', { height: `${height}` })).app_hash ?? '');
}

async function compare(
  client: CometClient,
  height: bigint,
  state: { readonly height: bigint; readonly appHash: string },
): Promise<string[]> {
  if (state.height > height) {
    return [
      `the state is at height ${state.height}, ahead of CometBFT's last block ${height}: see "infinetd rollback"`,
    ];
  }
  if (state.height === 0n) return [];
  const agreed = await appHashAfter(client, state.height, height);
  if (agreed === state.appHash) return [];
  return [`the app hash after height ${state.height} is ${state.appHash}, but CometBFT has ${agreed}`];
}

/** `block_results` carries it in base64, headers in hex. */
function hexOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex').toUpperCase();
}

function signedHeight(paths: HomePaths, problems: string[]): bigint | undefined {
  if (!existsSync(paths.validatorState)) return undefined;
  try {
    return signedShape.parse(JSON.parse(readFileSync(paths.validatorState, 'utf8'))).height;
  } catch (error) {
    problems.push(`${paths.validatorState} is damaged: ${reason(error)}`);
    return undefined;
  }
}

async function startInspect(binary: string, home: string) {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  probe.close();
  await once(probe, 'close');
  const child = spawn(binary, ['inspect', '--home', home, '--rpc.laddr', `tcp://127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      said = `${said}${bytes.toString('utf8')}`.slice(-2000);
    });
  }
  const ended = once(child, 'close');
  const ask = async (): Promise<CometClient> => {
    const client = cometClient(`http://127.0.0.1:${port}`);
    const deadline = performance.now() + 30_000;
    for (;;) {
      if (child.exitCode !== null) throw new Error(said.trim().split('\n').slice(-1)[0] ?? 'it ended');
      try {
        await client.call('blockchain');
        return client;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  return {
    ready: ask(),
    stop: async () => {
      if (child.exitCode === null) child.kill('SIGTERM');
      const insist = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(insist);
    },
  };
}
