import { expect, it } from 'vitest';
import { wayOut } from './wayOut.ts';

const never = () => {
  throw new Error('nothing hangs');
};

it('undoes the last step first, and every step though one of them throws', async () => {
  const undone: string[] = [];
  const steps = ['lock', 'store', 'server'].map((name) => () => {
    undone.push(name);
    if (name === 'store') throw new Error('the store cannot be closed');
  });
  await expect(wayOut(steps, never)).rejects.toThrow('the store cannot be closed');
  expect(undone).toEqual(['server', 'store', 'lock']);
});

it('says which step hangs', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  void wayOut([() => {}, () => new Promise(() => {}), () => {}], resolve, 1);
  expect(await promise).toBe(1);
});
