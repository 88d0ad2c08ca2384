import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports = await Promise.all(
    servers.map(async (server) => {
      await once(server, 'listening');
      const address = server.address();
      if (typeof address !== 'object' || address === null) throw new Error('no port');
      return address.port;
    }),
  );
  for (const server of servers) server.close();
  return ports;
}

/** A running `infinetd start --comet` and all that it said. */
export interface RunningNode {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  /** Exit status, or the signal's name. */
  readonly ended: Promise<number | string>;
}

const main = fileURLToPath(new URL('../../chain/main.ts', import.meta.url));

/** Runs `infinetd` with the Node that runs the test. */
export function infinetd(...args: string[]): RunningNode {
  return running(spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Collects what a process says. */
export function running(child: ChildProcessByStdio<null, Readable, Readable>): RunningNode {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? 'unknown');
  return { process: child, lines, ended };
}

const readyShape = z.object({ ready: z.boolean(), height: z.coerce.bigint(), app_hash: z.string() });
export type Ready = z.infer<typeof readyShape>;

/** What `/ready` says, or undefined while nobody answers. */
export async function ready(port: number): Promise<Ready | undefined> {
  try {
    return readyShape.parse(await (await fetch(`http://127.0.0.1:${port}/ready`)).json());
  } catch {
    return undefined;
  }
}

/** Asks again until there is an answer; throws with the node's last words when it ended or the time is over. */
export async function eventually<T>(
  what: string,
  node: RunningNode,
  ask: () => Promise<T | undefined>,
  milliseconds = 60_000,
): Promise<T> {
  const deadline = performance.now() + milliseconds;
  while (performance.now() < deadline && node.process.exitCode === null) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} did not happen; the node said:\n${node.lines.slice(-30).join('\n')}`);
}

/** The block's app hash as CometBFT has it: the state after the block before. */
const headerShape = z.object({ result: z.object({ header: z.object({ app_hash: z.string() }) }) });

export async function headerAppHash(rpcPort: number, height: bigint): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${rpcPort}/header?height=${height}`);
    return headerShape.parse(await response.json()).result.header.app_hash;
  } catch {
    return undefined;
  }
}
