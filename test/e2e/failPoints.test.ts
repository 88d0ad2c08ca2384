import { afterAll, beforeAll, expect, test } from 'vitest';
import { headerAppHash, infinetd, ready } from './node.ts';
import { SingleNode } from './singleNode.ts';

/**
 * CometBFT ends itself at its n-th fail point, between two steps of a block: before and after its WAL, its block store,
 * FinalizeBlock, its state and Commit. One block passes about ten. `FAIL_POINTS=0-60` sweeps them all.
 */
const points = rangeOf(process.env.FAIL_POINTS ?? '') ?? [3, 6, 8];

let single: SingleNode;

beforeAll(async () => {
  single = await SingleNode.create('failpoints');
  await single.start();
  await stop();
});

afterAll(() => single?.remove());

test.each(points)(
  'CometBFT dying at its fail point %i leaves a node that opens and goes on, at the same app hash',
  async (point) => {
    const before = (await heightAfter(() => dieAt(point))) ?? 0n;
    await single.start();
    await single.blocks(2n);
    const now = await ready(single.ports.api);
    expect(now?.height).toBeGreaterThanOrEqual(before);
    // The header of the next height holds the app hash of this one: CometBFT and the state agree.
    await single.blocks(2n);
    const height = now?.height ?? 0n;
    expect((await headerAppHash(single.ports.rpc, height + 1n))?.toLowerCase()).toBe(now?.app_hash.toLowerCase());
    await stop();
  },
);

/** Starts the node so that CometBFT dies, and waits until the node has followed it. */
async function dieAt(point: number): Promise<void> {
  process.env.FAIL_TEST_INDEX = point.toString();
  const node = infinetd('start', '--comet', '--home', single.home);
  delete process.env.FAIL_TEST_INDEX;
  expect(await node.ended, node.lines.slice(-10).join('\n')).toBe(1);
}

/** The last height that `/ready` reported while `work` went on. */
async function heightAfter(work: () => Promise<void>): Promise<bigint | undefined> {
  let last: bigint | undefined;
  const poll = setInterval(async () => {
    last = (await ready(single.ports.api))?.height ?? last;
  }, 50);
  await work();
  clearInterval(poll);
  return last;
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
