import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { coins } from '@cosmjs/stargate';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { encodeFrame, FrameReader } from '../../chain/abci/frames.ts';
import { MsgVoteExtensions } from '../../proto/generated/infinet/oracle/v1/tx.ts';
import { abci, tx as txCodec } from '../../sdk/codec/index.ts';
import { type RawTx, signRaw, unknownField, withHighS } from './rawTx.ts';
import { denom, SingleNode } from './singleNode.ts';

/** What a real node refuses at its doors, and that it goes on as if nothing had been. */
let single: SingleNode;
let funds: bigint;

beforeAll(async () => {
  single = await SingleNode.create('refusals', `0.001${denom}`);
  await single.start();
  const first = await single.client.sendTokens(single.sender, single.sender, coins(1, denom), {
    amount: coins(2000, denom),
    gas: '200000',
  });
  expect(first.code).toBe(0);
  funds = await single.balance(single.sender);
});

afterAll(() => single?.remove());

/** Whatever was refused: blocks go on, and nothing of it was paid. */
afterEach(async () => {
  await single.blocks(2n);
  expect(single.node.process.exitCode).toBeNull();
  expect(await single.balance(single.sender)).toBe(funds);
});

async function sign(spec: RawTx): Promise<txCodec.TxRaw> {
  const account = await single.client.getSequence(single.sender);
  return await signRaw({ ...account, wallet: single.wallet, chainId: single.chainId }, spec);
}

async function encode(spec: RawTx): Promise<Uint8Array> {
  return txCodec.TxRaw.encode(await sign(spec)).finish();
}

const extensions = MsgVoteExtensions.encode({ extendedCommit: new Uint8Array(20) }).finish();

test.each<[name: string, spec: RawTx, code: number, log: string]>([
  ['a fee under the price of gas', { fee: { amount: '199' } }, 13, 'insufficient fees; got: 199uinf required: 200uinf'],
  ['a fee in another coin', { fee: { amount: '2000', denom: 'uatom' } }, 13, 'insufficient fees; got: 2000uatom'],
  ['a memo of 257 characters', { memo: 'm'.repeat(257) }, 12, 'maximum number of characters is 256'],
  ['a timeout height that has passed', { timeoutHeight: 1n }, 30, 'timeout height: 1'],
  [
    'a message type that the chain does not have',
    { messages: [{ typeUrl: '/cosmos.gov.v1.MsgVote', value: new Uint8Array() }] },
    2,
    'unable to resolve type URL /cosmos.gov.v1.MsgVote',
  ],
  [
    'vote extensions from anyone but the proposer',
    { messages: [{ typeUrl: '/infinet.oracle.v1.MsgVoteExtensions', value: extensions }] },
    2,
    'unable to resolve type URL /infinet.oracle.v1.MsgVoteExtensions',
  ],
  ['an unknown critical field', { moreBody: unknownField(15) }, 2, '15'],
  ['no message', { messages: [] }, 18, 'must contain at least one message'],
  [
    'a message that is cut off',
    { messages: [{ typeUrl: bankSend(), value: Uint8Array.of(10, 99) }] },
    2,
    'tx parse error',
  ],
])('%s is refused with its SDK code', async (_name, spec, code, log) => {
  expect(await single.refusal(await encode(spec))).toMatchObject({
    code,
    codespace: 'sdk',
    log: expect.stringContaining(log),
  });
});

function bankSend(): string {
  return '/cosmos.bank.v1beta1.MsgSend';
}

test('a good tx that is cut off at any place, or has bytes after its end, is refused with sdk 2', async () => {
  const bytes = await encode({});
  for (let length = 1; length < bytes.length; length += 37) {
    expect(await single.refusal(bytes.subarray(0, length)), `${length} bytes`).toMatchObject({ codespace: 'sdk' });
  }
  const trailing = [Uint8Array.of(0), Uint8Array.of(0x22, 1, 65), unknownField(1500), bytes];
  for (const more of trailing) {
    const longer = Uint8Array.from(Buffer.concat([bytes, more]));
    expect(await single.refusal(longer), `${more.length} bytes more`).toMatchObject({ code: 2, codespace: 'sdk' });
  }
});

test('the other form of a signature, with a high S, is refused with sdk 4', async () => {
  const good = await sign({});
  const [signature = new Uint8Array()] = good.signatures;
  const bytes = txCodec.TxRaw.encode({ ...good, signatures: [withHighS(signature)] }).finish();
  expect(await single.refusal(bytes)).toMatchObject({ code: 4, codespace: 'sdk' });
});

test('a tx larger than a mebibyte is turned away by CometBFT before the mempool', async () => {
  const memo = 'x'.repeat(1_048_577);
  await expect(single.client.broadcastTxSync(await encode({ memo }))).rejects.toThrow(
    /status on response: 400|too large/i,
  );
});

test('an unknown field that is marked as harmless is taken', async () => {
  const result = await single.client.broadcastTx(await encode({ moreBody: unknownField(1500) }));
  expect(result.code).toBe(0);
  funds -= 2000n;
});

test.each<[name: string, bytes: Uint8Array, keepOpen: boolean]>([
  ['random bytes', randomBytes(65_536), true],
  ['the length of a frame of 16 exbibytes', Buffer.from('ffffffffffffffffff01', 'hex'), true],
  ['the length of a frame just over the limit', Buffer.from('8180803200', 'hex'), true],
  ['a request that ABCI does not have', encodeFrame(Uint8Array.of(0xfa, 0x7f, 0)), true],
  ['half a frame and a hang-up', encodeFrame(new Uint8Array(1000)).subarray(0, 500), false],
  ['a hundred megabytes announced, ten bytes sent', Buffer.from('80808032aaaaaaaaaa', 'hex'), false],
  ['an HTTP request', Buffer.from(`GET /${'a'.repeat(99)} HTTP/1.1\r\nHost: localhost\r\n\r\n`), true],
])('%s on the ABCI socket: that connection ends, the others never notice', async (_name, bytes, keepOpen) => {
  const socket = await abciConnection();
  const closed = once(socket, 'close');
  socket.on('error', () => undefined);
  socket.resume();
  socket.write(bytes);
  if (!keepOpen) socket.destroySoon();
  await closed;
  expect(await echo('still there?')).toBe('still there?');
});

/** Bytes that look random and are the same in each run. */
function randomBytes(length: number): Uint8Array {
  return createHash('shake256', { outputLength: length }).update('garbage').digest();
}

async function abciConnection(): Promise<Socket> {
  const socket = connect(single.ports.abci, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Asks the node's ABCI server for an echo over a connection of our own, as CometBFT does first of all. */
async function echo(message: string): Promise<string | undefined> {
  const socket = await abciConnection();
  socket.write(encodeFrame(abci.Request.encode(abci.Request.fromPartial({ echo: { message } })).finish()));
  socket.write(encodeFrame(abci.Request.encode(abci.Request.fromPartial({ flush: {} })).finish()));
  const reader = new FrameReader();
  for await (const chunk of socket) {
    for (const frame of reader.push(chunk)) return abci.Response.decode(frame).echo?.message;
  }
  return undefined;
}
