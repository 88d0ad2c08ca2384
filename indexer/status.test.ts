import { expect, test } from 'vitest';
import { Status } from './status.ts';

test('an index is ready once it holds a chain up to a few blocks of the tip, never while it is empty', () => {
  const status = new Status();
  expect(status.isReady).toBe(false);
  status.reached('chain', 0);
  status.sawTip(2);
  expect(status.isReady).toBe(false);
  status.reached('chain', 2);
  expect(status.isReady).toBe(true);
  status.sawTip(8);
  expect(status.isReady).toBe(false);
});
