import { describe, expect, it } from 'vitest';
import { DataRefused, MeasurementFailed, ObjectiveUnusable } from './errors.ts';
import { file, jsonFile, penguins, penguinsPath, penguinsSchema } from './fixture.ts';
import { measure } from './measure.ts';
import { measureTables } from './measureTables.ts';

const request = { data: { path: penguinsPath }, schema: penguinsSchema, asOf: 0n };

describe('measuring in a child process', () => {
  it('finds what measuring at home finds', async () => {
    const shard = { ...request, holdout: jsonFile(penguins().slice(0, 40)) };
    expect(await measure(shard)).toEqual(await measureTables(shard));
  });

  it('hands refusals on as what they are', async () => {
    const broken = { ...request, data: { path: file('[{') } };
    await expect(measure(broken)).rejects.toBeInstanceOf(DataRefused);
    await expect(measure(broken)).rejects.toMatchObject({ reason: 'unreadable' });
    await expect(measure({ ...request, schema: '{}' })).rejects.toBeInstanceOf(ObjectiveUnusable);
    await expect(measure({ ...request, data: { path: '/nowhere' } })).rejects.toBeInstanceOf(MeasurementFailed);
  });

  it('ends at its limits of time and memory, and when cancelled', async () => {
    await expect(measure(request, { timeMs: 20 })).rejects.toThrow('longer than 20 ms');
    await expect(measure(request, { signal: AbortSignal.abort() })).rejects.toThrow('cancelled');
    if (process.platform === 'linux') {
      await expect(measure(request, { memoryMb: 40 })).rejects.toThrow('more than 40 MB');
    }
  });

  it('says when DuckDB’s own memory is not enough, which is no verdict on the data', async () => {
    const wide = Array.from({ length: 60_000 }, (_, at) => ({ Species: `${at}`.padEnd(200, 'x') }));
    await expect(measure({ ...request, data: jsonFile(wide), memoryMb: 8 })).rejects.toBeInstanceOf(MeasurementFailed);
  });
});
