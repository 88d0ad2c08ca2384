import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { headerAppHash, infinetd, type RunningNode, ready } from './node.ts';
import { SingleNode } from './singleNode.ts';

/**
 * CometBFT ends itself at its n-th fail point, between two steps of a block: before and after its WAL, its block store,
 * FinalizeBlock, its state and Commit. One block passes about eleven. `FAIL_POINTS=0-60` sweeps them all.
 */
const points = rangeOf(process.env.FAIL_POINTS ?? '') ?? [3, 6, 8];
/** A node that commits so many blocks more than the point needs will not come to it. */
const spareBlocks = 20;

const Verified = z.object({
  sound: z.boolean(),
  height: z.coerce.number(),
  comet_height: z.coerce.number(),
  problems: z.array(z.string()),
});

let single: SingleNode;
/** One for each point: where CometBFT and the state were when it died. */
const found: string[] = [];

beforeAll(async () => {
  single = await SingleNode.create('failpoints');
  await single.start();
  await stop();
});

afterAll(async () => {
  await single?.remove();
  process.stdout.write(found.map((line) => `fail point ${line}\n`).join(''));
});

test.each(points)(
  'CometBFT dying at its fail point %i leaves a node that opens and goes on, at the same app hash',
  async (point) => {
    const seen = await dieAt(point);
    const { sound, height, comet_height: blocks, problems } = await verify();
    found.push(`${point}: the state is at ${height}, CometBFT's last block ${blocks}`);
    // It holds the state to the app hash in CometBFT's blocks, too.
    expect({ sound, problems }).toEqual({ sound: true, problems: [] });
    expect(height).toBeGreaterThanOrEqual(seen);
    expect([blocks, blocks - 1]).toContain(height);
    await single.start();
    await single.blocks(2n);
    const now = await ready(single.ports.api);
    const last = now?.height ?? 0n;
    expect(last).toBeGreaterThanOrEqual(BigInt(blocks) + 1n);
    // The header of the next height holds the app hash of this one: CometBFT and the state agree.
    await single.blocks(2n);
    expect((await headerAppHash(single.ports.rpc, last + 1n))?.toLowerCase()).toBe(now?.app_hash.toLowerCase());
    await stop();
  },
);

/** Starts the node so that CometBFT dies, and returns the last height that `/ready` reported before the node followed it. */
async function dieAt(point: number): Promise<number> {
  process.env.FAIL_TEST_INDEX = point.toString();
  const node = infinetd('start', '--comet', '--home', single.home);
  delete process.env.FAIL_TEST_INDEX;
  let first: number | undefined;
  let last = 0;
  while (node.process.exitCode === null) {
    const height = (await ready(single.ports.api))?.height;
    if (height !== undefined) {
      last = Number(height);
      first ??= last;
      if (last > first + spareBlocks + point / 9) await neverReached(point, node, last - first);
    }
    await sleep(50);
  }
  expect(await node.ended, node.lines.slice(-10).join('\n')).toBe(1);
  expect(node.lines.join('\n')).toContain(`*** fail-test ${point} ***`);
  return last;
}

async function neverReached(point: number, node: RunningNode, blocks: number): Promise<never> {
  found.push(`${point}: never reached in ${blocks} blocks`);
  node.process.kill('SIGTERM');
  await node.ended;
  throw new Error(`CometBFT never reached its fail point ${point} in ${blocks} blocks`);
}

/** What `infinetd verify` says about the files of the dead node. */
async function verify(): Promise<z.infer<typeof Verified>> {
  const command = infinetd('verify', '--home', single.home);
  await command.ended;
  const text = command.lines.join('\n');
  return Verified.parse(JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)));
}

async function stop(): Promise<void> {
  single.node.process.kill('SIGTERM');
  await single.node.ended;
}

function rangeOf(text: string): number[] | undefined {
  const match = /^(\d+)-(\d+)$/.exec(text);
  if (match === null) return undefined;
  const [first, last] = [Number(match[1]), Number(match[2])];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
