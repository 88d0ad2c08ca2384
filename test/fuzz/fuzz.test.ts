import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { Random } from '../sim/random.ts';
import { loadCorpus } from './corpus.ts';
import { readers } from './readers.ts';
import { keptSeeds } from './seeds.ts';
import { fuzz, type Target } from './target.ts';
import { targets } from './targets.ts';

// Generous: other programs share the machine.
vi.setConfig({ testTimeout: 900_000 });

const randomOf = (number: number) => new Random(number);

describe('a fuzz job', () => {
  const target = (run: Target['run']): Target => ({ name: 'made up', run, close: async () => {} });

  it('fails when it read nothing, or nothing got through', async () => {
    const eager = target(() => true);
    await expect(fuzz(eager, randomOf, { seed: 1, runs: 0 })).rejects.toThrow('0 of 0 inputs were read');
    await expect(fuzz(eager, randomOf, { seed: 1, runs: Number.NaN })).rejects.toThrow('inputs were read');
    await expect(
      fuzz(
        target(() => false),
        randomOf,
        { seed: 1, runs: 9 },
      ),
    ).rejects.toThrow('none of 9 inputs got through');
    expect(Object.keys(targets).filter((name) => keptSeeds.every((kept) => kept.target !== name))).toEqual([]);
  });

  it('names the input that broke the reader', async () => {
    const broken = target((random) => {
      if (random.oneIn(50)) throw new RangeError('a bug');
      return true;
    });
    const failure = fuzz(broken, randomOf, { seed: 3, runs: 1_000 });
    await expect(failure).rejects.toThrow(/^made up: input \d+ of seed 3$/);
  });

  it('finds memory that inputs leave behind', async () => {
    const kept: Uint8Array[] = [];
    const greedy = target(() => kept.push(Buffer.alloc(2 ** 20, 1)) > 0);
    await expect(fuzz(greedy, randomOf, { seed: 1, runs: 3_000 })).rejects.toThrow('bytes by input 999 of seed 1');
  });

  it('that hangs is ended from beside it, since nothing within it would', async () => {
    const program = `
      import { Watchdog } from ${JSON.stringify(new URL('watchdog.ts', import.meta.url).href)};
      const dog = new Watchdog(1500, 'hangs at ');
      dog.at(41);
      for (;;);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString();
    });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    expect(said).toContain('hangs at 41');
  });
});

/** Coverage is counted in a process of its own: the test runner has its own ideas of sources. */
async function output(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url)), ...args]);
  let [said, failed] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    failed += text;
  });
  const [status] = await once(child, 'close');
  expect(status, failed).toBe(0);
  return said;
}

describe('a search led by coverage', () => {
  it('finds the way through where chance does not', async () => {
    expect(Number(await output('testing/mazeProcess.ts', ['blind']))).toBe(0);
    expect(Number(await output('testing/mazeProcess.ts', ['led']))).toBeGreaterThan(0);
  });

  it.each(Object.keys(readers))('of the reader of a %s: from the kept inputs on, no crash, no hang', async (name) => {
    const said = await output('main.ts', [name, '--guided', '--seed', '1', '--runs', '2000']);
    const { runs, seedPlaces, places, corpus } = JSON.parse(said);
    expect(runs).toBeGreaterThanOrEqual(2_000);
    expect(corpus).toBe(loadCorpus(name).length);
    expect(corpus).toBeGreaterThan(0);
    // What is kept leads where the seeds do not.
    expect(places).toBeGreaterThan(seedPlaces);
  });
});

describe('bytes from strangers', () => {
  it.each(keptSeeds)(
    'to the reader of a $target: no crash, no hang, no memory without bounds ($runs of seed $seed)',
    async ({ target: name, seed, runs }) => {
      const target = await targets[name]?.();
      if (target === undefined) throw new Error(`no target ${name}`);
      try {
        const { runs: done, taken } = await fuzz(target, randomOf, { seed, runs });
        expect(done).toBe(runs);
        expect(taken).toBeGreaterThan(0);
      } finally {
        await target.close();
      }
    },
  );
});
