import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { numberKey, readHeight, StateDatabase } from './database.ts';

vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'writer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Its thread has written a height, and is in the middle of a far larger transaction when `ending` runs. */
function program(path: string, ending: string): string {
  const here = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  return `
    import { BatchWriter } from ${here('./batch.ts')};
    import { numberKey, tables } from ${here('./database.ts')};
    import { DatabaseWriter } from ${here('./databaseWriter.ts')};
    const batch = new BatchWriter();
    const heightBatch = (height) => {
      batch.put(tables.info, Buffer.from('checkpoint'), numberKey(height));
      return batch.takeOwn();
    };
    const writer = new DatabaseWriter(${JSON.stringify(path)});
    writer.send({ batches: [heightBatch(7)], oldest: undefined, gone: [] });
    const first = writer.wait();
    if (first.failure !== undefined) throw new Error(first.failure);
    const batches = [heightBatch(8)];
    for (let number = 0; batches.length < 50; number++) {
      batch.put(tables.nodes, numberKey((number * 7919) % 1e6, 1), Buffer.alloc(100));
      if (number % 2000 === 0) batches.push(batch.takeOwn());
    }
    writer.send({ batches, oldest: undefined, gone: [] });
    if (writer.wait(30) !== undefined) throw new Error('the transaction was too short to meet it');
    ${ending}
  `;
}

describe('a process that ends while its thread is within a transaction', () => {
  it.each([
    ['an uncaught error', 'throw new Error("a bug")', 1],
    ['process.exit', 'process.exit(3)', 3],
    ['the last of its work', '', 0],
    ['closing the writer', 'await writer.close(); process.exitCode = 4', 4],
  ])('by %s, comes to its end, and leaves the state before it', async (_how, ending, status) => {
    const path = join(folder, `${status}.mdb`);
    const file = join(folder, `${status}.mjs`);
    writeFileSync(file, program(path, ending));
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'ignore', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    // Without an end of its own the test's time would run out here.
    expect(await once(child, 'exit')).toEqual([status, null]);
    expect(said).not.toContain('too short');
    const database = new StateDatabase(path, { readOnly: true });
    expect(readHeight(database, 'checkpoint')).toBe(7n);
    await database.close();
  });
});

it('a thread that is told to end begins no transaction', async () => {
  let isEnding = false;
  const database = new StateDatabase(join(folder, 'ending.mdb'), { ending: () => isEnding });
  database.transaction(() => database.put(4, Buffer.from('checkpoint'), numberKey(1)));
  isEnding = true;
  expect(() => database.transaction(() => database.put(4, Buffer.from('checkpoint'), numberKey(2)))).toThrow(
    'the process ends',
  );
  expect(readHeight(database, 'checkpoint')).toBe(1n);
  await database.close();
});
