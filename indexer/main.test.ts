import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RecordedNode, recorded, startNode } from './testing/node.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'infinet-indexer-main-'));
const started: ChildProcess[] = [];
let node: RecordedNode;
let port: number;

beforeAll(async () => {
  node = await startNode('2');
  port = await freePort();
});
afterAll(async () => {
  for (const child of started.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  node.server.closeAllConnections();
  node.server.close();
  rmSync(home, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function start(stdio: 'plain' | 'ipc' = 'plain'): {
  child: ChildProcess;
  lines: () => string;
  ended: Promise<unknown[]>;
} {
  const { DATABASE_URL, INDEXER_DATABASE_URL, ...env } = process.env;
  const options = ['--rpc', node.url, '--home', home, '--listen', `127.0.0.1:${port}`];
  const child = spawn(process.execPath, [main, ...options], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', ...(stdio === 'ipc' ? (['ipc'] as const) : [])],
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
  }
  return { child, lines: () => text, ended: once(child, 'exit') };
}

async function untilReady(lines: () => string): Promise<unknown> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; ) {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined);
    if (answer?.ok) return answer.json();
    await answer?.arrayBuffer();
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`not ready: ${lines()}`);
}

test('it starts with its own Postgres, indexes a node, survives kill -9, refuses a second start and stops cleanly', async () => {
  const first = start();
  expect(await untilReady(first.lines)).toEqual({ ready: true, height: 2, nodeHeight: 2 });
  const second = start();
  expect(await second.ended).toEqual([1, null]);
  expect(second.lines()).toContain(`port ${port} on 127.0.0.1 is already in use`);
  first.child.kill('SIGKILL');
  await first.ended;

  const third = start('ipc');
  await untilReady(third.lines);
  expect(third.lines()).toContain('taking over the Postgres left running');
  const query =
    '{ blocks(orderBy: { direction: ASC }) { nodes { hash } } validators { nodes { moniker votingPower } } }';
  const answer = await fetch(`http://127.0.0.1:${port}/graphql?query=${encodeURIComponent(query)}`);
  expect(await answer.json()).toEqual({
    data: {
      blocks: {
        nodes: recorded.blocks.slice(0, 2).map(({ block }) => ({ hash: hashOf(block) })),
      },
      validators: { nodes: [{ moniker: 'single', votingPower: '500000' }] },
    },
  });
  // The parent goes: its channel closes.
  third.child.disconnect();
  expect(await third.ended).toEqual([0, null]);
});

function hashOf(block: Record<string, unknown>): unknown {
  const { block_id: id } = block;
  return typeof id === 'object' && id !== null && 'hash' in id ? id.hash : undefined;
}
