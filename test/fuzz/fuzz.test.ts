import { describe, expect, it } from 'vitest';
import { Random } from '../sim/random.ts';
import { keptSeeds } from './seeds.ts';
import { fuzz } from './target.ts';
import { targets } from './targets.ts';

describe('bytes from strangers', () => {
  it.each(keptSeeds)(
    'to the reader of a $target: no crash, no hang, no memory without bounds ($runs of seed $seed)',
    async ({ target: name, seed, runs }) => {
      const target = await targets[name]?.();
      if (target === undefined) throw new Error(`no target ${name}`);
      try {
        // A job that read nothing has shown nothing.
        expect(fuzz(target, (number) => new Random(number), { seed, runs })).toBe(runs);
      } finally {
        await target.close();
      }
    },
  );
});
