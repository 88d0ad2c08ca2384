import { expect, test } from 'vitest';
import { MemorySource } from '../testing/chain.ts';
import { story } from '../testing/story.ts';
import type { SourceBlock } from './block.ts';
import { type FollowOptions, follow } from './follow.ts';

const beginning = { chainId: 'test-1', height: 0, hash: '' };

function options(stop: AbortController, more: Partial<FollowOptions> = {}): FollowOptions {
  return { stop: stop.signal, pollMs: 10, onTip: () => {}, storedHash: () => Promise.resolve(undefined), ...more };
}

async function take(source: MemorySource, count: number, from = beginning, more: Partial<FollowOptions> = {}) {
  const stop = new AbortController();
  const found: SourceBlock[] = [];
  for await (const blocks of follow(source, from, options(stop, more))) {
    found.push(...blocks);
    if (found.length >= count) break;
  }
  return found;
}

test('a long history comes in order, although its requests run in parallel', async () => {
  const blocks = story(250);
  expect(await take(new MemorySource(blocks), 250)).toEqual(blocks);
});

test('new blocks come one by one as the node has executed them, none before', async () => {
  const blocks = story(20);
  const source = new MemorySource(blocks);
  source.height = 15;
  const growing = setInterval(() => {
    if (source.height < 20) source.height++;
  }, 30);
  const heights = (await take(source, 20)).map(({ height }) => height);
  clearInterval(growing);
  expect(heights).toEqual(blocks.map(({ height }) => height));
});

test('following goes on behind the last stored block', async () => {
  const blocks = story(30);
  const found = await take(new MemorySource(blocks), 5, { ...beginning, height: 25, hash: blocks[24]?.hash ?? '' });
  expect(found).toEqual(blocks.slice(25));
});

test.each([
  ['a block that does not follow the stored one', 10, 'different histories'],
  ['a block inside the history that does not follow its predecessor', 17, 'different histories'],
])('%s stops', async (_, at, message) => {
  const blocks = story(30).map((block) => (block.height === at ? { ...block, previousHash: 'EE'.repeat(32) } : block));
  const from = { ...beginning, height: 9, hash: story(30)[8]?.hash ?? '' };
  await expect(take(new MemorySource(blocks), 30, from)).rejects.toThrow(message);
});

test('a chain that was started anew under the same id is noticed before it has grown past the database', async () => {
  const stored = story(30);
  const from = { ...beginning, height: 30, hash: stored[29]?.hash ?? '' };
  const storedHash = () => Promise.resolve('AA'.repeat(32));
  await expect(take(new MemorySource(story(5)), 1, from, { storedHash })).rejects.toThrow('started anew');
});
