import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBech32 } from '@cosmjs/encoding';
import { DirectSecp256k1HdWallet } from '@cosmjs/proto-signing';
import { BroadcastTxError, coins, SigningStargateClient, type StdFee } from '@cosmjs/stargate';
import { connectComet } from '@cosmjs/tendermint-rpc';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureCometbft } from '../../chain/node/cometbft.ts';
import { localnetAppState } from '../../chain/node/defaultState.ts';
import { buildGenesis, writeGenesis } from '../../chain/node/genesis.ts';
import { initHome } from '../../chain/node/home.ts';
import { testSeeds } from '../../chain/node/nodeKeys.ts';
import { homePaths } from '../../chain/node/paths.ts';
import { QueryRoundRequest, QueryRoundResponse } from '../../proto/generated/infinet/beacon/v1/query.ts';
import { QueryPriceRequest, QueryPriceResponse } from '../../proto/generated/infinet/oracle/v1/query.ts';
import { tx as txCodec } from '../../sdk/codec/index.ts';
import { eventually, freePorts, headerAppHash, infinetd, type RunningNode, ready } from './node.ts';

// A public test mnemonic (BIP-39's own example); never holds anything of value.
const mnemonic = `${'abandon '.repeat(11)}about`;
const denom = 'uinf';
const fee: StdFee = { amount: coins(2000, denom), gas: '200000' };

let home: string;
let node: RunningNode;
let apiPort: number;
let rpcPort: number;
let prices: Server;
let client: SigningStargateClient;
let wallet: DirectSecp256k1HdWallet;
let sender: string;
let receiver: string;
let fundsOfSender: bigint;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'infinet-single-'));
  rmSync(home, { recursive: true });
  const [abci = 0, api = 0, rpc = 0, p2p = 0] = await freePorts(4);
  apiPort = api;
  rpcPort = rpc;
  wallet = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: 'infinet' });
  const other = await DirectSecp256k1HdWallet.generate(12, { prefix: 'infinet' });
  const [[own], [another]] = [await wallet.getAccounts(), await other.getAccounts()];
  sender = own?.address ?? '';
  receiver = another?.address ?? '';
  const identity = await initHome({
    home,
    moniker: 'single',
    cometbft: await ensureCometbft(),
    seeds: testSeeds('single'),
    comet: { rpc: `127.0.0.1:${rpc}`, p2p: `127.0.0.1:${p2p}`, local: true, timeoutCommitMs: 200, logLevel: 'error' },
    config: {
      abci: `127.0.0.1:${abci}`,
      api: `127.0.0.1:${api}`,
      invariantPeriod: 1,
      oracleIntervalMs: 250,
      prices: [{ symbol: 'BTC', sources: [{ url: await servePrice(), pointer: '/last' }] }],
    },
  });
  const genesis = buildGenesis({
    chainId: 'single-1',
    prefix: 'infinet',
    denom,
    accounts: [{ address: sender, coins: coins('1000000000000', denom) }],
    validators: [
      {
        moniker: 'single',
        account: fromBech32(sender).data,
        publicKey: identity.validatorPublicKey,
        tokens: 500_000_000_000n,
        vrfPublicKey: identity.vrfPublicKey,
      },
    ],
    modules: localnetAppState(denom),
  });
  writeGenesis(homePaths(home).genesis, genesis);
  await start();
  fundsOfSender = BigInt((await client.getBalance(sender, denom)).amount);
});

afterAll(async () => {
  client?.disconnect();
  node?.process.kill('SIGTERM');
  await node?.ended;
  prices?.close();
  rmSync(home, { recursive: true, force: true });
});

/** Serves one price; returns its URL. */
async function servePrice(): Promise<string> {
  prices = createServer((_request, response) => void response.end('{"last": 67123.456789}'));
  prices.listen(0, '127.0.0.1');
  await once(prices, 'listening');
  const address = prices.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
}

async function start(): Promise<void> {
  client?.disconnect();
  node = infinetd('start', '--comet', '--home', home);
  await eventually('the first blocks', node, async () => {
    const now = await ready(apiPort);
    return now?.ready === true && now.height >= 2n ? now : undefined;
  });
  client = await SigningStargateClient.connectWithSigner(`http://127.0.0.1:${rpcPort}`, wallet, {
    broadcastPollIntervalMs: 100,
  });
}

/** Broadcasts a signed send without waiting for CometBFT's opinion to be good. */
async function refusal(bytes: Uint8Array): Promise<BroadcastTxError> {
  const error: unknown = await client.broadcastTxSync(bytes).catch((thrown: unknown) => thrown);
  if (error instanceof BroadcastTxError) return error;
  throw new Error(`not refused: ${String(error)}`);
}

/** Value of an ABCI query, or undefined when the node says no. */
async function abciQuery(path: string, data: Uint8Array): Promise<Uint8Array | undefined> {
  const comet = await connectComet(`http://127.0.0.1:${rpcPort}`);
  try {
    const { code, value } = await comet.abciQuery({ path, data });
    return code === 0 ? value : undefined;
  } finally {
    comet.disconnect();
  }
}

function send(amount: string) {
  return {
    typeUrl: '/cosmos.bank.v1beta1.MsgSend',
    value: { fromAddress: sender, toAddress: receiver, amount: coins(amount, denom) },
  };
}

test('the genesis balance less the bonded tokens is there from the first block', () => {
  expect(fundsOfSender).toBe(500_000_000_000n);
});

test('an unmodified CosmJS client sends coins, sees both balances and finds the tx again', async () => {
  const result = await client.sendTokens(sender, receiver, coins(1234, denom), fee, 'hello');
  expect(result).toMatchObject({ code: 0, txIndex: expect.any(Number) });
  expect(await client.getBalance(receiver, denom)).toEqual({ denom, amount: '1234' });
  expect(BigInt((await client.getBalance(sender, denom)).amount)).toBe(fundsOfSender - 3234n);

  const found = await client.getTx(result.transactionHash);
  expect(found).toMatchObject({ code: 0, height: result.height, gasWanted: 200_000n });
  expect(found?.gasUsed).toBeGreaterThan(50_000n);
  const transfer = found?.events.find(
    ({ type, attributes }) => type === 'transfer' && attributes.some(({ value }) => value === `1234${denom}`),
  );
  expect(transfer?.attributes).toContainEqual({ key: 'recipient', value: receiver });

  const byEvent = await client.searchTx([{ key: 'transfer.recipient', value: receiver }]);
  expect(byEvent.map(({ hash }) => hash)).toEqual([result.transactionHash]);
});

test('the price that the node fetched rides on its votes into the state, to the last digit', async () => {
  const request = QueryPriceRequest.encode({ symbol: 'BTC' }).finish();
  const price = await eventually('a price', node, async () => {
    const bytes = await abciQuery('/infinet.oracle.v1.Query/Price', request);
    const found = bytes && QueryPriceResponse.decode(bytes).price;
    return found?.medianMicro === 67_123_456_789n ? found : undefined;
  });
  expect(price.stale).toBe(false);
});

test('the beacon closes rounds with the proofs of the validators', async () => {
  const request = QueryRoundRequest.encode({ round: 1n }).finish();
  const { round, outputs } = await eventually('the first round', node, async () => {
    const bytes = await abciQuery('/infinet.beacon.v1.Query/Round', request);
    const found = bytes && QueryRoundResponse.decode(bytes);
    return found?.round?.value.length === 32 ? found : undefined;
  });
  expect(outputs).toEqual([expect.objectContaining({ operator: sender, valid: true })]);
  expect(round?.closedHeight).toBeGreaterThan(0n);
});

test('simulation estimates what the tx then uses, less what charging the fee costs', async () => {
  const estimate = await client.simulate(sender, [send('1')], '');
  const result = await client.signAndBroadcast(sender, [send('1')], fee);
  expect(result.code).toBe(0);
  expect(estimate).toBeGreaterThan(30_000);
  expect(estimate).toBeLessThanOrEqual(Number(result.gasUsed));
  expect(estimate).toBeGreaterThan(Number(result.gasUsed) / 2);
});

test('a sequence that is not the next one is refused with sdk 32', async () => {
  const { accountNumber, sequence } = await client.getSequence(sender);
  const signed = await client.sign(sender, [send('1')], fee, '', {
    accountNumber,
    sequence: sequence + 5,
    chainId: 'single-1',
  });
  expect(await refusal(txCodec.TxRaw.encode(signed).finish())).toMatchObject({ code: 32, codespace: 'sdk' });
});

test('a signature for another chain and a changed signature are refused with sdk 4', async () => {
  const signer = { ...(await client.getSequence(sender)), chainId: 'other-chain' };
  const foreign = await client.sign(sender, [send('1')], fee, '', signer);
  expect(await refusal(txCodec.TxRaw.encode(foreign).finish())).toMatchObject({ code: 4, codespace: 'sdk' });

  const own = await client.sign(sender, [send('1')], fee, '', { ...signer, chainId: 'single-1' });
  const [signature = new Uint8Array()] = own.signatures;
  const changed = signature.map((byte, at) => (at === 3 ? byte ^ 1 : byte));
  const bytes = txCodec.TxRaw.encode({ ...own, signatures: [changed] }).finish();
  expect(await refusal(bytes)).toMatchObject({ code: 4, codespace: 'sdk' });
});

test('bytes that are no tx are refused with sdk 2', async () => {
  expect(await refusal(Uint8Array.of(1, 2, 3))).toMatchObject({ code: 2, codespace: 'sdk' });
});

test('a fee that the sender cannot pay is refused with sdk 5 before the block', async () => {
  const rich: StdFee = { amount: coins('999999999999999', denom), gas: '200000' };
  const signed = await client.sign(sender, [send('1')], rich, '');
  expect(await refusal(txCodec.TxRaw.encode(signed).finish())).toMatchObject({ code: 5, codespace: 'sdk' });
});

test('an amount that the sender does not have fails in the block with sdk 5, and costs fee and sequence', async () => {
  const before = BigInt((await client.getBalance(sender, denom)).amount);
  const { sequence } = await client.getSequence(sender);
  const result = await client.signAndBroadcast(sender, [send('999999999999999')], fee);
  expect(result).toMatchObject({ code: 5 });
  expect(BigInt((await client.getBalance(sender, denom)).amount)).toBe(before - 2000n);
  expect((await client.getSequence(sender)).sequence).toBe(sequence + 1);
});

test('too little gas fails with sdk 11, in CheckTx or in the block by how little it is', async () => {
  const tiny = await client.sign(sender, [send('1')], { ...fee, gas: '1000' }, '');
  expect(await refusal(txCodec.TxRaw.encode(tiny).finish())).toMatchObject({ code: 11, codespace: 'sdk' });
  const { gasUsed } = await client.signAndBroadcast(sender, [send('1')], fee);
  const short: StdFee = { ...fee, gas: (gasUsed - 1000n).toString() };
  expect(await client.signAndBroadcast(sender, [send('1')], short)).toMatchObject({ code: 11 });
});

test('a second node on the same home is refused by name of the first', async () => {
  const second = infinetd('start', '--home', home);
  expect(await second.ended).toBe(1);
  expect(second.lines.join('\n')).toContain(`process ${node.process.pid} already uses this home`);
});

test('SIGTERM ends the node with status 0, and a restart goes on from the same height and hash', async () => {
  node.process.kill('SIGTERM');
  expect(await node.ended).toBe(0);
  const closing = node.lines.map(parseLine).find((entry) => entry?.msg === 'shutting down');
  const height = BigInt(String(closing?.height));
  await start();
  const opened = node.lines.map(parseLine).find((entry) => entry?.msg === 'listening for CometBFT');
  expect(BigInt(String(opened?.height))).toBeGreaterThanOrEqual(height);
  expect(await client.getBalance(receiver, denom)).toEqual({ denom, amount: '1236' });
});

test('kill -9 loses no committed tx, leaves no CometBFT behind, and the app hash stays the one that was agreed on', async () => {
  const result = await client.sendTokens(sender, receiver, coins(5, denom), fee);
  expect(result.code).toBe(0);
  const before = await eventually('the next header', node, () => headerAppHash(rpcPort, BigInt(result.height) + 1n));
  node.process.kill('SIGKILL');
  expect(await node.ended).toBe('SIGKILL');
  await start();
  expect(await client.getBalance(receiver, denom)).toEqual({ denom, amount: '1241' });
  expect(await headerAppHash(rpcPort, BigInt(result.height) + 1n)).toBe(before);
  expect((await client.sendTokens(sender, receiver, coins(5, denom), fee)).code).toBe(0);
});

test('when CometBFT dies infinetd stops with status 1 and one sentence', async () => {
  const comet = node.lines.map(parseLine).find((entry) => entry?.msg === 'CometBFT runs');
  process.kill(Number(comet?.pid), 'SIGKILL');
  expect(await node.ended).toBe(1);
  expect(node.lines.at(-1)).toMatch(
    /^infinetd: CometBFT \(pid \d+\) ended by signal SIGKILL.*; infinetd stops with it$/,
  );
});

function parseLine(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}
