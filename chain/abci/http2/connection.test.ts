import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { createServer, connect as dial, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type Call, Connection, type ConnectionHandler } from './connection.ts';
import { encodeFrame, encodeSettings, frameType, preface } from './frames.ts';

/** Closed after each test, newest first. */
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Server {
  readonly port: number;
  readonly calls: Call[];
  readonly broken: string[];
}

/** Answers each call with its body, or with so many bytes as its path says; `/never` gets no answer. */
async function serve(maxBody = 1_000_000): Promise<Server> {
  const calls: Call[] = [];
  const broken: string[] = [];
  const head = Buffer.of(0x88);
  const handler: ConnectionHandler = {
    onRequest: (connection, call) => {
      calls.push(call);
      if (call.path === '/never') return;
      const size = Number(call.path.slice(1));
      const bytes = size > 0 ? Buffer.alloc(size, 'x') : Buffer.concat(call.chunks);
      connection.answer(call.stream, { head, body: { bytes, trailers: Buffer.from('\0\x01t\x011', 'latin1') } });
    },
    refusal: (call) => (call.length > maxBody ? { head: Buffer.of(0x8d) } : undefined),
    onBroken: (error) => broken.push(error.message),
  };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    new Connection(socket, handler);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return { port: address === null || typeof address === 'string' ? 0 : address.port, calls, broken };
}

/** Node's own client (nghttp2). */
async function client({ port }: Server, settings = {}): Promise<ClientHttp2Session> {
  const session = connect(`http://127.0.0.1:${port}`, { settings });
  session.on('error', () => undefined);
  cleanups.push(() => session.destroy());
  await once(session, 'connect');
  return session;
}

async function post(session: ClientHttp2Session, path: string, body: Buffer) {
  const stream = session.request({ ':method': 'POST', ':path': path });
  let trailers: unknown;
  stream.on('trailers', (headers) => {
    trailers = headers.t;
  });
  const [answered] = [once(stream, 'response'), stream.end(body)];
  const [headers] = await answered;
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return { status: headers[':status'], body: Buffer.concat(chunks), trailers };
}

/** What a server says to raw bytes before it hangs up. */
async function hangUpOf({ port }: Server, pieces: readonly Uint8Array[]): Promise<Buffer> {
  const socket = dial(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  const closed = once(socket, 'close');
  for (const piece of pieces) socket.write(piece);
  await closed;
  return Buffer.concat(chunks);
}

const greeting = Buffer.concat([preface, encodeSettings([])]);

/** The error code in the GOAWAY that ends a connection. */
function goAwayCode(bytes: Buffer): number {
  expect(bytes.at(-14)).toBe(frameType.goAway);
  return bytes.readUInt32BE(bytes.length - 4);
}

describe('HTTP/2 under CometBFT', () => {
  it('carries bodies of any size both ways, many at a time', async () => {
    const session = await client(await serve());
    const sizes = [0, 1, 16_383, 16_384, 16_385, 65_535, 65_536, 300_000];
    const answers = await Promise.all(
      sizes.map(async (size) => {
        const body = Buffer.alloc(size, `${size}`);
        const answer = await post(session, '/', body);
        return answer.status === 200 && answer.trailers === '1' && answer.body.equals(body);
      }),
    );
    expect(answers).toEqual(sizes.map(() => true));
  });

  it.each([1, 1000, 70_000])('keeps to windows of %i bytes', async (initialWindowSize) => {
    const session = await client(await serve(), { initialWindowSize });
    const size = initialWindowSize * 20;
    const answers = await Promise.all([1, 2, 3].map(() => post(session, `/${size}`, Buffer.alloc(0))));
    expect(answers.map(({ body }) => body.length)).toEqual([size, size, size]);
  });

  it('goes on with other calls when a client gives one up', async () => {
    const server = await serve();
    const session = await client(server, { initialWindowSize: 10 });
    const given = session.request({ ':method': 'POST', ':path': '/100000' });
    given.end();
    await once(given, 'response');
    given.destroy();
    await once(given, 'close');
    expect((await post(session, '/', Buffer.from('next'))).body.toString()).toBe('next');
  });

  it('stops reading a body that is too long and answers at once', async () => {
    const session = await client(await serve(1000));
    const stream = session.request({ ':method': 'POST', ':path': '/' });
    stream.on('error', () => undefined);
    stream.write(Buffer.alloc(5000));
    const [headers] = await once(stream, 'response');
    expect(headers[':status']).toBe(404);
    expect((await post(session, '/', Buffer.from('next'))).body.toString()).toBe('next');
  });

  it('refuses more than 256 calls at a time and keeps those it has', async () => {
    const server = await serve();
    const session = await client(server);
    const streams = Array.from({ length: 300 }, () => session.request({ ':method': 'POST', ':path': '/never' }));
    const ended = streams.slice(256).map((stream) => {
      stream.on('error', () => undefined);
      return once(stream, 'close');
    });
    for (const stream of streams) stream.end();
    // The client itself waits with those beyond the limit that it was told.
    await expect.poll(() => server.calls.length).toBe(256);
    for (const stream of streams.slice(0, 256)) stream.on('error', () => undefined).close();
    await expect.poll(() => server.calls.length).toBe(300);
    for (const stream of streams.slice(256)) stream.close();
    await Promise.all(ended);
  });

  it('reads a connection that comes byte by byte', async () => {
    const server = await serve();
    const socket = dial(server.port, '127.0.0.1');
    cleanups.push(() => socket.destroy());
    // POST http /x, in HPACK: entries 3 and 6 of the static table and a literal path.
    const request = encodeFrame(frameType.headers, 0x5, 1, Buffer.from('\x83\x86\x04\x02/x', 'latin1'));
    for (const byte of Buffer.concat([greeting, request])) socket.write(Buffer.of(byte));
    await expect.poll(() => server.calls.map(({ path }) => path)).toEqual(['/x']);
  });

  it.each([
    ['bytes of another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), 1],
    ['no SETTINGS in front', Buffer.concat([preface, encodeFrame(frameType.ping, 0, 0, Buffer.alloc(8))]), 1],
    ['a frame that is too long', Buffer.concat([greeting, Buffer.from('00400100000000000100', 'hex')]), 6],
    ['a header block that is none', Buffer.concat([greeting, encodeFrame(1, 0x5, 1, Buffer.of(0x80))]), 9],
    ['DATA before HEADERS', Buffer.concat([greeting, encodeFrame(0, 0, 1, Buffer.alloc(1))]), 1],
    [
      'a header block without end',
      Buffer.concat([
        greeting,
        encodeFrame(1, 0, 1, Buffer.alloc(0)),
        ...Array.from({ length: 300 }, () => encodeFrame(9, 0, 1, Buffer.alloc(100))),
      ]),
      11,
    ],
  ])('ends a connection with %s, and says why', async (_what, bytes, code) => {
    const server = await serve();
    expect(goAwayCode(await hangUpOf(server, [bytes]))).toBe(code);
    expect(server.broken).toHaveLength(1);
    const session = await client(server);
    expect((await post(session, '/', Buffer.from('next'))).body.toString()).toBe('next');
  });

  it('survives connections of random frames', async () => {
    const server = await serve();
    const frame = fc
      .record({
        type: fc.nat(10),
        flags: fc.nat(255),
        stream: fc.nat(8),
        payload: fc.uint8Array({ maxLength: 24 }),
      })
      .map(({ type, flags, stream, payload }) => encodeFrame(type, flags, stream, payload));
    const request = fc.constant(encodeFrame(1, 0x4, 1, Buffer.from('\x83\x86\x04\x02/x', 'latin1')));
    const frames = fc.array(fc.oneof(frame, request), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(frames, async (sent) => {
        // A length that no frame may have ends those connections that nothing else ended.
        const bytes = await hangUpOf(server, [greeting, ...sent, Buffer.alloc(20, 0xff)]);
        expect(bytes.at(-14)).toBe(frameType.goAway);
      }),
      { numRuns: 200, seed: 7541 },
    );
    const session = await client(server);
    expect((await post(session, '/', Buffer.from('next'))).body.toString()).toBe('next');
  });
});
