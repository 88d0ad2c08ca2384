import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { abci } from '../../sdk/codec/index.ts';
import { toyChain } from '../app/testing/toyChain.ts';
import { silentLogger } from '../logger.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import type { AbciApplication } from './handlers.ts';
import { type AbciServer, startAbciServer } from './server.ts';

const open: { server?: AbciServer; sockets: Socket[]; errors: Error[] } = { sockets: [], errors: [] };

afterEach(async () => {
  for (const socket of open.sockets) socket.destroy();
  await open.server?.close();
  open.sockets = [];
  open.errors = [];
});

async function serve(application: AbciApplication = toyChain().app, listen = 'tcp://127.0.0.1:0', limit = 100_000) {
  open.server = await startAbciServer({
    listen,
    application,
    logger: silentLogger,
    onFatal: (error) => open.errors.push(error),
    maxFrameBytes: limit,
  });
  return open.server.address;
}

class Client {
  readonly socket: Socket;
  readonly #reader = new FrameReader();
  readonly #responses: abci.Response[] = [];
  closed = false;
  #wake: () => void = () => undefined;

  constructor(address: string) {
    const unix = address.startsWith('unix://');
    this.socket = unix
      ? connect(address.slice('unix://'.length))
      : connect(Number(address.split(':').at(-1)), '127.0.0.1');
    open.sockets.push(this.socket);
    this.socket.on('data', (chunk: Uint8Array) => {
      for (const frame of this.#reader.push(chunk)) this.#responses.push(abci.Response.decode(frame));
      this.#wake();
    });
    this.socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
    this.socket.on('error', () => undefined);
  }

  send(...requests: readonly Partial<abci.Request>[]): void {
    this.socket.write(Buffer.concat(requests.map((request) => encodeFrame(abci.Request.encode(request).finish()))));
  }

  /** The next `count` responses. */
  async take(count: number): Promise<abci.Response[]> {
    while (this.#responses.length < count && !this.closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#responses.splice(0, count);
  }
}

const info = { info: { version: '0.38', blockVersion: 11n, p2pVersion: 8n, abciVersion: '2.0.0' } };

describe('the ABCI server', () => {
  it('answers requests in the order in which they came, over TCP', async () => {
    const client = new Client(await serve());
    client.send({ echo: { message: 'a' } }, info, { echo: { message: 'b' } }, { flush: {} });
    const answers = await client.take(4);
    expect(answers.map((answer) => answer.echo?.message ?? (answer.flush ? 'flush' : answer.info?.data))).toEqual([
      'a',
      'infinet',
      'b',
      'flush',
    ]);
  });

  it('serves a unix socket too, and takes over a stale file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'abci-'));
    const address = `unix://${folder}/s`;
    await serve(undefined, address);
    await open.server?.close();
    const client = new Client(await serve(undefined, address));
    client.send({ echo: { message: 'x' } }, { flush: {} });
    expect((await client.take(1))[0]?.echo?.message).toBe('x');
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['a length that never ends', Buffer.alloc(20, 0xff)],
    ['a frame over the limit', Buffer.from([0xff, 0xff, 0x7f])],
    ['a request of no known kind', Buffer.from([2, 0x22, 0])],
    ['an empty request', Buffer.from([0])],
    ['bytes that are no protobuf', Buffer.from([3, 0x0a, 0x7f, 0x01])],
    ['an HTTP request', Buffer.from(`GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(20)}\r\n`)],
  ])('closes a connection that sends %s with an Exception, and serves the others', async (_name, bytes) => {
    const address = await serve();
    const bad = new Client(address);
    const good = new Client(address);
    bad.socket.write(bytes);
    const [answer] = await bad.take(1);
    expect(answer?.exception?.error).toBeTruthy();
    await bad.take(1);
    expect(bad.closed).toBe(true);
    good.send({ echo: { message: 'still here' } }, { flush: {} });
    expect((await good.take(1))[0]?.echo?.message).toBe('still here');
    expect(open.errors).toEqual([]);
  });

  it('survives a connection that ends inside a request', async () => {
    const address = await serve();
    const bad = new Client(address);
    bad.socket.end(Buffer.from([10, 1, 2]));
    await once(bad.socket, 'close');
    const good = new Client(address);
    good.send({ echo: { message: 'on' } }, { flush: {} });
    expect((await good.take(1))[0]?.echo?.message).toBe('on');
  });

  it('sends an Exception and reports a fatal error when the application throws', async () => {
    const client = new Client(await serve());
    client.send({ commit: {} }, { flush: {} });
    const [answer] = await client.take(1);
    expect(answer?.exception?.error).toBe('Commit came without FinalizeBlock');
    expect(open.errors.map((error) => error.message)).toEqual(['Commit came without FinalizeBlock']);
  });

  it('runs consensus requests of several connections one at a time', async () => {
    const running: string[] = [];
    const { app } = toyChain();
    const slow: AbciApplication = Object.create(app, {
      extendVote: {
        value: async () => {
          running.push('start');
          await new Promise((resolve) => setTimeout(resolve, 20));
          running.push('end');
          return { voteExtension: new Uint8Array() };
        },
      },
    });
    const address = await serve(slow);
    const clients = [new Client(address), new Client(address)];
    const request = abci.RequestExtendVote.fromPartial({ height: 1n });
    for (const client of clients) client.send({ extendVote: request }, { flush: {} });
    for (const client of clients) await client.take(2);
    expect(running).toEqual(['start', 'end', 'start', 'end']);
  });

  it('answers thousands of requests sent in one piece', async () => {
    const client = new Client(await serve());
    const requests = Array.from({ length: 3000 }, (_, index) => ({ echo: { message: `${index}`.repeat(50) } }));
    client.send(...requests, { flush: {} });
    expect(await client.take(3001)).toHaveLength(3001);
  });

  it('refuses an address that it cannot understand', async () => {
    await expect(serve(undefined, 'http://x')).rejects.toThrow('neither tcp://host:port nor unix:///path');
  });
});
