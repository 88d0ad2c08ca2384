import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startPostgres } from './embedded.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'infinet-postgres-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('keeps its data over a restart and a second starter takes over the running server', async () => {
  const first = await startPostgres({ folder });
  try {
    const url = await first.database('story');
    await ask(url, 'CREATE TABLE t (n int); INSERT INTO t VALUES (7)');
    const second = await startPostgres({ folder });
    expect(second.pid).toBe(first.pid);
    expect(await ask(await second.database('story'), 'SELECT n FROM t')).toEqual([{ n: 7 }]);
  } finally {
    await first.stop();
  }
  const again = await startPostgres({ folder });
  try {
    expect(again.pid).not.toBe(first.pid);
    expect(await ask(await again.database('story'), 'SELECT n FROM t')).toEqual([{ n: 7 }]);
  } finally {
    await again.stop();
  }
});

test('names the port that is taken', async () => {
  const server = createServer();
  const port = await new Promise<number>((done) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      done(address !== null && typeof address === 'object' ? address.port : 0);
    });
  });
  await expect(startPostgres({ folder, port })).rejects.toThrow(`port ${port} for Postgres is taken`);
  server.close();
});

test('refuses a database name that would be SQL', async () => {
  const server = await startPostgres({ folder });
  try {
    await expect(server.database('x; DROP TABLE t')).rejects.toThrow('is no database name');
  } finally {
    await server.stop();
  }
});
