import { describe, expect, it } from 'vitest';
import { DataRefused, MeasurementFailed, ObjectiveUnusable } from './errors.ts';
import { file, jsonFile, metricsOf, penguinsPath, penguinsSchema } from './fixture.ts';
import { measureTables } from './measureTables.ts';
import { freshness } from './ratios.ts';

const day = 86_400n * 1_000_000_000n;

const schema = (change: object = {}) =>
  JSON.stringify({
    columns: [
      { name: 'id', type: 'integer', required: true },
      { name: 'city', type: 'text', required: true, pattern: '[A-Z][a-z]+' },
      { name: 'country', type: 'text' },
      { name: 'at', type: 'timestamp' },
      { name: 'open', type: 'boolean' },
    ],
    keys: ['id'],
    ...change,
  });

const row = (id: number, change: object = {}) => ({
  id,
  city: 'Bern',
  country: 'CH',
  at: '1970-01-11T00:00:00Z',
  open: true,
  ...change,
});

describe('consistency', () => {
  it('counts repeated keys, and does not mind rows without a key', async () => {
    const rows = [row(1), row(1, { city: 'Genf' }), { ...row(0), id: null }, { ...row(0), id: null }];
    expect(await metricsOf({ schema: schema(), data: jsonFile(rows) })).toMatchObject({ inconsistent_rows: 1 });
  });

  it('counts all rows of a broken dependency, once each', async () => {
    const dependencies = [{ from: ['city'], to: 'country' }];
    const rows = [row(1), row(2, { country: 'DE' }), row(2, { country: 'DE' }), row(4, { city: 'Rom', country: 'IT' })];
    const metrics = await metricsOf({ schema: schema({ dependencies }), data: jsonFile(rows) });
    expect(metrics).toMatchObject({ inconsistent_rows: 3, consistency: 250_000 });
  });
});

describe('accuracy against a trusted reference', () => {
  it('counts cells that contradict the reference row of the same key', async () => {
    const reference = jsonFile([row(1), row(2, { country: null })]);
    const rows = [row(1, { city: 'Basel' }), row(2, { country: 'FR' }), row(3, { city: 'Anything' })];
    const metrics = await metricsOf({ schema: schema(), data: jsonFile(rows), reference });
    expect(metrics).toMatchObject({ invalid_cells: 1, rows: 3 });
  });

  it('compares numbers by value, and a reference that repeats a key by its first row', async () => {
    const reference = { path: file('id,city\n1.0,Bern\n1,Genf\n') };
    expect(await metricsOf({ schema: schema(), data: jsonFile([row(1)]), reference })).toMatchObject({
      invalid_cells: 0,
      rows: 1,
    });
  });

  it('says so when there are no keys to match by', async () => {
    const request = { schema: schema({ keys: [] }), data: jsonFile([row(1)]), reference: jsonFile([row(1)]), asOf: 0n };
    expect((await measureTables(request)).notes).toContain('no keys: the reference was not used');
  });
});

describe('timeliness', () => {
  const timed = schema({ timestamp: { column: 'at', half_life_seconds: 864_000 } });
  const at = async (rows: object[], asOf: bigint) =>
    (await metricsOf({ schema: timed, data: { path: file(JSON.stringify(rows)) }, asOf })).timeliness;

  it('halves with each half-life of age, by the time of the block', async () => {
    expect(await at([row(1)], 10n * day)).toBe(1_000_000);
    expect(await at([row(1)], 15n * day)).toBe(750_000);
    expect(await at([row(1)], 20n * day)).toBe(500_000);
    expect(await at([row(1)], 40n * day)).toBe(125_000);
  });

  it('gives nothing for times in the future, none, wrong ones, and zones that are not UTC', async () => {
    const rows = ['1970-01-31', null, 'yesterday', '1970-02-30', '1970-01-11T00:00:00+02:00'].map((time, id) =>
      row(id, { at: time }),
    );
    expect(await at([...rows, row(9)], 10n * day)).toBe(166_666);
  });

  it('is linear between halvings and ends at 0', () => {
    expect([0n, 5n, 10n, 15n, 20n].map((age) => freshness(age, 10n))).toEqual([
      1_000_000n,
      750_000n,
      500_000n,
      375_000n,
      250_000n,
    ]);
    expect([freshness(-1n, 10n), freshness(10n ** 12n, 1n)]).toEqual([0n, 0n]);
  });
});

describe('types', () => {
  it('take what the schema means, and nothing else', async () => {
    const columns = [
      { name: 'number', type: 'number', min: -1.5, max: 1000 },
      { name: 'flag', type: 'boolean' },
    ];
    const cells = [
      ['-1.5', 'true'],
      ['1e3', 'FALSE'],
      ['+0.25', 'no'],
      ['-1.500001', '1'],
      ['NaN', ''],
      ['0x10', 'true'],
      ['1,5', 'true'],
    ];
    const csv = ['number,flag', ...cells.map((line) => line.map((cell) => `"${cell}"`).join(','))].join('\n');
    expect(await metricsOf({ schema: JSON.stringify({ columns }), data: { path: file(csv) } })).toMatchObject({
      invalid_cells: 4 + 2,
    });
  });

  it('treat names and values with quotes as text', async () => {
    const name = `it's "odd"`;
    const attack = "'; DROP TABLE data; --";
    const table = JSON.stringify({ columns: [{ name, type: 'text', values: [attack] }] });
    const rows = [attack, 'other'].map((cell) => Object.fromEntries([[name, cell]]));
    expect(await metricsOf({ schema: table, data: jsonFile(rows) })).toMatchObject({ rows: 2, invalid_cells: 1 });
  });
});

describe('bytes that are no such table', () => {
  const cases: [string, string, string, string][] = [
    ['JSON cut in the middle', '[{"a":1},{"a"', 'application/json', 'unreadable'],
    ['a list of numbers', '[1,2]', 'application/json', 'unreadable'],
    ['a line that is no object', '{"id":1}\n7\n', 'application/x-ndjson', 'unreadable'],
    ['ragged CSV', 'id,city\n1,Bern,CH\n2\n', 'text/csv', 'unreadable'],
    ['an empty file', '', 'text/csv', 'no_rows'],
    ['a heading alone', 'id,city\n', 'text/csv', 'no_rows'],
    ['an empty list', '[]', 'application/json', 'no_rows'],
    ['a picture', 'GIF89a', 'image/gif', 'unsupported_media_type'],
  ];
  it.each(cases)('%s is refused', async (_name, content, mediaType, reason) => {
    const request = { schema: schema(), data: { path: file(content), mediaType }, asOf: 0n };
    const error = await measureTables(request).catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(DataRefused);
    expect(error).toHaveProperty('reason', reason);
  });

  it('a path that would be read as a pattern is not opened', async () => {
    const request = { schema: schema(), data: { path: '/tmp/*.csv', mediaType: 'text/csv' }, asOf: 0n };
    await expect(measureTables(request)).rejects.toBeInstanceOf(MeasurementFailed);
  });

  it('a broken shard is the objective’s fault, not the contributor’s', async () => {
    const request = { schema: penguinsSchema, data: { path: penguinsPath }, holdout: { path: file('[{]') }, asOf: 0n };
    await expect(measureTables(request)).rejects.toBeInstanceOf(ObjectiveUnusable);
  });
});

describe('schemas that cannot be used', () => {
  const columns = [
    { name: 'a', type: 'number', min: 0, max: 1 },
    { name: 'b', type: 'text' },
  ];
  const cases: [string, unknown, string][] = [
    ['no columns', { columns: [] }, 'columns'],
    ['an unknown type', { columns: [{ name: 'a', type: 'date' }] }, 'columns.0.type'],
    ['an unknown field', { columns, colour: 1 }, 'colour'],
    ['two columns of one name', { columns: [...columns, { name: 'A', type: 'text' }] }, 'same name'],
    ['a key that is no column', { columns, keys: ['c'] }, 'keys: no column "c"'],
    ['a range on text', { columns: [{ name: 'b', type: 'text', min: 1 }] }, 'is no number'],
    ['a pattern that does not compile', { columns: [{ name: 'b', type: 'text', pattern: '(' }] }, 'column b'],
    [
      'a bound with an exponent',
      { columns: [{ name: 'a', type: 'number', min: 1e-9, max: 1 }] },
      'not a plain decimal',
    ],
    [
      'a feature without range',
      {
        columns: [
          { name: 'a', type: 'number' },
          { name: 'b', type: 'text' },
        ],
        impact: { label: 'b', features: ['a'], k: 1 },
      },
      'min < max',
    ],
    ['a feature that is text', { columns, impact: { label: 'b', features: ['b'], k: 1 } }, 'is no number'],
    ['a timestamp that is none', { columns, timestamp: { column: 'a', half_life_seconds: 1 } }, 'timestamp'],
    ['no JSON', undefined, 'not JSON'],
  ];
  it.each(cases)('%s', async (_name, content, detail) => {
    const text = content === undefined ? '{' : JSON.stringify(content);
    const error = await measureTables({ schema: text, data: jsonFile([{ a: 1, b: 'x' }]), asOf: 0n }).catch(
      (problem: unknown) => problem,
    );
    expect(error).toBeInstanceOf(ObjectiveUnusable);
    expect(error).toHaveProperty('message', expect.stringContaining(detail));
  });
});
