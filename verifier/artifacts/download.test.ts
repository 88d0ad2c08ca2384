import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSocketServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { contentRoot } from '../../training/merkle.ts';
import { ArtifactCache } from './cache.ts';
import { ArtifactMismatch, ArtifactUnavailable, download } from './download.ts';

const bytes = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251));
const servers: Server[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'infinet-artifacts-'));
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
  rmSync(folder, { recursive: true, force: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/artifact`;
}

describe('a download', () => {
  test('goes on where a broken transfer stopped', async () => {
    const ranges: (string | undefined)[] = [];
    const uri = await serve((request, response) => {
      ranges.push(request.headers.range);
      if (request.headers.range === undefined) {
        response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 2000));
        setTimeout(() => response.destroy(), 50);
        return;
      }
      response.writeHead(206, { 'content-range': `bytes 2000-4999/5000` }).end(bytes.subarray(2000));
    });
    expect(await download([uri], { maxBytes: 5000 })).toEqual(bytes);
    expect(ranges).toEqual([undefined, 'bytes=2000-']);
  });

  test('starts over when the server does not know ranges', async () => {
    let requests = 0;
    const uri = await serve((_request, response) => {
      requests++;
      response.writeHead(200, { 'content-length': bytes.length });
      if (requests > 1) response.end(bytes);
      else {
        response.write(bytes.subarray(0, 10));
        setTimeout(() => response.destroy(), 50);
      }
    });
    expect(await download([uri], { maxBytes: 5000 })).toEqual(bytes);
  });

  test('refuses more bytes than expected as soon as they arrive', async () => {
    const uri = await serve((_request, response) => void response.end(bytes));
    await expect(download([uri], { maxBytes: 4999 })).rejects.toThrow('more than 4999 bytes');
  });

  test('gives up on a mirror that stalls and takes the next one', async () => {
    const silent = await serve(() => {});
    const good = await serve((_request, response) => void response.end(bytes));
    const options = { maxBytes: 5000, stallMs: 100, attempts: 1 };
    expect(await download([silent, good], options)).toEqual(bytes);
  });

  test('gives up on a mirror that drips, which no pause gives away', async () => {
    const drip = await serve((_request, response) => {
      const timer = setInterval(() => response.write(Buffer.of(1)), 20);
      response.on('close', () => clearInterval(timer));
    });
    const good = await serve((_request, response) => void response.end(bytes));
    const options = { maxBytes: 5000, stallMs: 1000, deadlineMs: 300 };
    expect(await download([drip, good], options)).toEqual(bytes);
  });

  test('does not wait for a pipe that a file address names, nor read a device', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const mirrors = [pathToFileURL(pipe).href, 'file:///dev/zero'];
    await expect(download(mirrors, { maxBytes: 10 })).rejects.toThrow(/not a file.*not a file/);
  });

  test('takes no more than fits into memory, whatever size is claimed', async () => {
    await expect(download(['http://127.0.0.1:1/'], { maxBytes: 2 ** 40 })).rejects.toThrow(ArtifactUnavailable);
    await expect(download(['http://127.0.0.1:1/'], { maxBytes: 2 ** 40 })).rejects.toThrow(
      'more than this worker takes',
    );
  });

  test('names what every mirror answered when none has the bytes', async () => {
    const missing = await serve((_request, response) => void response.writeHead(404).end());
    const failure = download([missing, 'ftp://127.0.0.1/x'], { maxBytes: 10, attempts: 1 });
    await expect(failure).rejects.toThrow(ArtifactUnavailable);
    await expect(failure).rejects.toThrow(/HTTP status 404.*cannot read ftp:/);
  });

  test('does not follow a mirror to another place', async () => {
    const uri = await serve((_request, response) => void response.writeHead(302, { location: '/else' }).end());
    await expect(download([uri], { maxBytes: 10, attempts: 1 })).rejects.toThrow(ArtifactUnavailable);
  });
});

describe('bytes that are not the ones asked for', () => {
  const isRight = (received: Uint8Array) => Buffer.compare(received, bytes) === 0;
  const options = { maxBytes: 5000, attempts: 1, isRight };
  const garbage = randomBytes(5000);

  test('are passed over for those of the next mirror', async () => {
    const wrong = await serve((_request, response) => void response.end(garbage));
    const good = await serve((_request, response) => void response.end(bytes));
    expect(await download([wrong, good], options)).toEqual(bytes);
  });

  test('are asked for again from the start: they may have been damaged on their way', async () => {
    const ranges: (string | undefined)[] = [];
    const uri = await serve((request, response) => {
      ranges.push(request.headers.range);
      response.end(ranges.length === 1 ? garbage : bytes);
    });
    expect(await download([uri], { ...options, attempts: 2 })).toEqual(bytes);
    expect(ranges).toEqual([undefined, undefined]);
  });

  test('come of a server that answers with another range than was asked for, and are asked for again', async () => {
    let requests = 0;
    const uri = await serve((request, response) => {
      requests++;
      if (requests === 1) {
        response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 2000));
        setTimeout(() => response.destroy(), 50);
      } else if (request.headers.range !== undefined) {
        response.writeHead(206, { 'content-range': 'bytes 0-2999/5000' }).end(bytes.subarray(0, 3000));
      } else response.end(bytes);
    });
    expect(await download([uri], { ...options, attempts: 3 })).toEqual(bytes);
    expect(requests).toBe(3);
  });

  test('are a mismatch only if every mirror served some: one that is away may have had the right ones', async () => {
    const wrong = await serve((_request, response) => void response.end(garbage));
    const short = await serve((_request, response) => void response.end(bytes.subarray(1)));
    const long = await serve((_request, response) => void response.end(Buffer.concat([bytes, bytes])));
    await expect(download([wrong, short, long], options)).rejects.toThrow(ArtifactMismatch);
    await expect(download([wrong, 'http://127.0.0.1:1/'], options)).rejects.toThrow(ArtifactUnavailable);
  });

  test('an answer that ends early without saying how long it is, is a mismatch and never taken', async () => {
    const cut = await speak((socket) => socket.end(`HTTP/1.0 200 OK\r\n\r\n${'x'.repeat(100)}`));
    await expect(download([cut], options)).rejects.toThrow(ArtifactMismatch);
  });

  test.each([
    ['no HTTP', (socket: Socket) => socket.end(garbage)],
    ['nothing and hangs up', (socket: Socket) => socket.destroy()],
    ['headers without end', (socket: Socket) => flood(socket)],
    ['a length that is none', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nxx')],
    ['chunks that are none', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz')],
  ])('a peer that speaks %s is unavailable', async (_name, answer) => {
    await expect(download([await speak(answer)], { ...options, deadlineMs: 5000 })).rejects.toThrow(
      ArtifactUnavailable,
    );
  });
});

/** A peer that answers each connection in its own way. */
async function speak(answer: (socket: Socket) => unknown): Promise<string> {
  const server = createSocketServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/artifact`;
}

function flood(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\n');
  const timer = setInterval(() => socket.write(`x-${'y'.repeat(1000)}: z\r\n`), 1);
  socket.on('close', () => clearInterval(timer));
}

describe('the cache of artifacts', () => {
  const refOf = (path: string) => ({ root: contentRoot(bytes), sizeBytes: 5000, uris: [pathToFileURL(path).href] });

  test('keeps bytes whose root was checked, and serves them when the mirror is gone', async () => {
    const path = join(folder, 'source');
    writeFileSync(path, bytes);
    const cache = new ArtifactCache(join(folder, 'cache'));
    const kept = await cache.fetch(refOf(path));
    rmSync(path);
    expect(readFileSync(kept)).toEqual(bytes);
    expect(await cache.read(refOf(path))).toEqual(bytes);
  });

  test.each([
    ['swapped', Buffer.from(bytes).fill(1, 100, 101)],
    ['truncated', bytes.subarray(0, 4999)],
    ['oversized', Buffer.concat([bytes, bytes.subarray(0, 1)])],
    ['no', Buffer.alloc(0)],
  ])('calls %s bytes a mismatch and keeps nothing of them', async (_name, served) => {
    const path = join(folder, 'source');
    writeFileSync(path, served);
    const cache = new ArtifactCache(join(folder, 'cache'));
    await expect(cache.fetch(refOf(path))).rejects.toThrow(ArtifactMismatch);
    await expect(cache.fetch(refOf(path))).rejects.toThrow(ArtifactMismatch);
  });

  test('fetches again what the disk has lost: bytes that lie there are checked whenever they are used', async () => {
    const path = join(folder, 'source');
    writeFileSync(path, bytes);
    const cache = new ArtifactCache(join(folder, 'cache'));
    const kept = await cache.fetch(refOf(path));
    for (const damaged of [Buffer.alloc(5000), bytes.subarray(0, 10)]) {
      writeFileSync(kept, damaged);
      expect(readFileSync(await cache.fetch(refOf(path)))).toEqual(bytes);
    }
  });

  test.skipIf(!existsSync('/dev/full'))(
    'keeps nothing on a full disk, says so, and goes on once there is room',
    async () => {
      const path = join(folder, 'source');
      writeFileSync(path, bytes);
      const cache = new ArtifactCache(join(folder, 'cache'));
      const draft = join(folder, 'cache', `${Buffer.from(contentRoot(bytes)).toString('hex')}.${process.pid}`);
      symlinkSync('/dev/full', draft);
      await expect(cache.fetch(refOf(path))).rejects.toThrow('ENOSPC');
      expect(readdirSync(join(folder, 'cache'))).toEqual([]);
      expect(readFileSync(await cache.fetch(refOf(path)))).toEqual(bytes);
    },
  );
});
