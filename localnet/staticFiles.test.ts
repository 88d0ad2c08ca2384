import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveFile } from './staticFiles.ts';

let folder: string;
let server: Server;
let port: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'infinet-static-'));
  mkdirSync(join(folder, 'open'));
  writeFileSync(join(folder, 'open', 'file'), '0123456789');
  writeFileSync(join(folder, 'secret'), 'secret');
  server = createServer((request, response) => void serveFile(join(folder, 'open'), request, response));
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends the path just as it is written; `fetch` would tidy it up. */
function rawStatus(path: string): Promise<string> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.0\r\n\r\n`));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('close', () => done(answer.split('\r\n')[0] ?? ''));
  });
}

test('serves a file whole or from the byte where a download stopped', async () => {
  const url = `http://127.0.0.1:${port}/file`;
  expect(await (await fetch(url)).text()).toBe('0123456789');
  const rest = await fetch(url, { headers: { range: 'bytes=7-' } });
  expect([rest.status, rest.headers.get('content-range'), await rest.text()]).toEqual([206, 'bytes 7-9/10', '789']);
  expect((await fetch(url, { headers: { range: 'bytes=10-' } })).status).toBe(416);
});

test.each(['/../secret', '/%2e%2e/secret', '/..%2fsecret', '/file/../../secret', '/%00', '/', '/missing', '/%'])(
  'does not let %s out of the folder',
  async (path) => {
    expect(await rawStatus(path)).toContain('404');
  },
);
