import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { abci } from '../../sdk/codec/index.ts';
import { toyChain } from '../app/testing/toyChain.ts';
import { silentLogger } from '../logger.ts';
import { abciPath, startAbciGrpc } from './grpcServer.ts';
import type { AbciServer } from './server.ts';

const open: { server?: AbciServer; client?: Client; errors: Error[] } = { errors: [] };

afterEach(async () => {
  open.client?.close();
  await open.server?.close();
  open.errors = [];
});

async function serve(maxMessageBytes?: number): Promise<Client> {
  open.server = await startAbciGrpc({
    host: '127.0.0.1',
    port: 0,
    application: toyChain().app,
    logger: silentLogger,
    onFatal: (error) => open.errors.push(error),
    maxMessageBytes,
  });
  open.client = new Client(open.server.address, credentials.createInsecure());
  return open.client;
}

function call(client: Client, name: string, request: Uint8Array): Promise<Buffer> {
  const same = (bytes: Buffer) => bytes;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(abciPath(name), same, same, Buffer.from(request), (error: ServiceError | null, answer) =>
      error === null ? resolve(answer ?? Buffer.alloc(0)) : reject(error),
    );
  });
}

describe('ABCI over gRPC', () => {
  it('answers what the socket answers', async () => {
    const client = await serve();
    const echo = await call(client, 'Echo', abci.RequestEcho.encode({ message: 'hello' }).finish());
    expect(abci.ResponseEcho.decode(echo)).toEqual({ message: 'hello' });
    const info = await call(client, 'Info', abci.RequestInfo.encode(abci.RequestInfo.fromPartial({})).finish());
    expect(abci.ResponseInfo.decode(info)).toMatchObject({ data: 'infinet', lastBlockHeight: 0n });
    expect(await call(client, 'Flush', new Uint8Array())).toHaveLength(0);
  });

  it('refuses bytes that are no request, methods that ABCI 2.0 does not have and too long requests, and goes on', async () => {
    const client = await serve(10_000);
    const bad = Uint8Array.of(0x0a, 0x7f, 0x01);
    await expect(call(client, 'CheckTx', bad)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(call(client, 'DeliverTx', bad)).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
    const long = abci.RequestEcho.encode({ message: 'x'.repeat(20_000) }).finish();
    await expect(call(client, 'Echo', long)).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    expect(open.errors).toEqual([]);
    expect(await call(client, 'Echo', new Uint8Array())).toHaveLength(0);
  });

  it('reports a fatal error when the application throws', async () => {
    const client = await serve();
    await expect(call(client, 'Commit', new Uint8Array())).rejects.toMatchObject({ code: status.UNKNOWN });
    expect(open.errors.map((error) => error.message)).toEqual(['Commit came without FinalizeBlock']);
  });

  it('says which address is taken', async () => {
    await serve();
    const port = Number(open.server?.address.split(':').at(-1));
    const second = startAbciGrpc({
      host: '127.0.0.1',
      port,
      application: toyChain().app,
      logger: silentLogger,
      onFatal: () => undefined,
    });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
