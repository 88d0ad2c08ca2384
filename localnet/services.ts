import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import { connectComet } from '@cosmjs/tendermint-rpc';
import { createAddressCodec } from '../sdk/address.ts';
import { createRegistry } from '../sdk/registry.ts';
import { createSender } from '../sdk/sender.ts';
import { Faucet, FaucetRefusal } from './faucet.ts';
import { testWallet } from './keys.ts';
import { serveFile } from './staticFiles.ts';

/**
 * The small services of a local network in one process: `/price` (the oracle's source, read from a file at each
 * request, so that editing the file moves the price), `/faucet?address=...` (POST), `/health`; and the artifacts of
 * contributors and trainers on a port of their own.
 */
const { values } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string' },
    'artifacts-port': { type: 'string' },
    'artifacts-folder': { type: 'string' },
    'price-file': { type: 'string' },
    rpc: { type: 'string' },
    prefix: { type: 'string', default: 'infinet' },
    denom: { type: 'string', default: 'uinf' },
  },
});

function required(name: keyof typeof values): string {
  const value = values[name];
  if (value === undefined) {
    console.error(`services: --${name} is missing`);
    process.exit(2);
  }
  return value;
}

const priceFile = required('price-file');
const artifactsFolder = required('artifacts-folder');
const rpc = required('rpc');
const limits = { amount: 50_000_000n, secondsBetween: 60 };
let faucet: Promise<Faucet> | undefined;

async function makeFaucet(): Promise<Faucet> {
  const addresses = createAddressCodec(values.prefix);
  const sender = await createSender({
    comet: await connectComet(rpc),
    signer: await testWallet('faucet', values.prefix),
    registry: createRegistry(),
    gasPriceMicro: 1000n,
    feeDenom: values.denom,
  });
  const isAddress = (text: string) => {
    try {
      return addresses.account(text).length === 20;
    } catch {
      return false;
    }
  };
  return new Faucet(sender, values.denom, limits, isAddress);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/health') reply(response, 200, { status: 'ok' });
  else if (url.pathname === '/price') reply(response, 200, JSON.parse(readFileSync(priceFile, 'utf8')));
  else if (url.pathname === '/faucet' && request.method === 'POST') {
    // Connected at the first request: the chain may start after this process, or be restarted.
    faucet ??= makeFaucet();
    faucet.catch(() => {
      faucet = undefined;
    });
    reply(response, 200, await giveTokens(await faucet, url.searchParams.get('address') ?? ''));
  } else reply(response, 404, { error: 'try GET /price or POST /faucet?address=infinet1...' });
}

async function giveTokens(from: Faucet, address: string): Promise<unknown> {
  const receipt = await from.give(address, Date.now());
  return {
    address,
    amount: `${limits.amount}${values.denom}`,
    tx: receipt.hash,
    height: receipt.height,
    code: receipt.code,
  };
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

function listen(
  name: string,
  port: number,
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Server {
  const server = createServer((request, response) => {
    handler(request, response).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      console.error(`${name}: ${request.method} ${request.url}: ${message}`);
      if (!response.headersSent) reply(response, error instanceof FaucetRefusal ? 429 : 500, { error: message });
      else response.destroy();
    });
  });
  server.on('error', (error) => {
    console.error(`${name} cannot listen on ${values.listen}:${port}: ${error.message}`);
    process.exit(1);
  });
  return server.listen(port, values.listen);
}

const servers = [
  listen('services', Number(required('port')), answer),
  listen('artifacts', Number(required('artifacts-port')), (request, response) =>
    serveFile(artifactsFolder, request, response),
  ),
];

function stop(): void {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  process.exit(0);
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
process.once('disconnect', stop);
