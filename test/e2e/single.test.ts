import { readFileSync, writeFileSync } from 'node:fs';
import { DirectSecp256k1HdWallet } from '@cosmjs/proto-signing';
import { coins, type StdFee } from '@cosmjs/stargate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { homePaths } from '../../chain/node/paths.ts';
import { QueryRoundRequest, QueryRoundResponse } from '../../proto/generated/infinet/beacon/v1/query.ts';
import { QueryPriceRequest, QueryPriceResponse } from '../../proto/generated/infinet/oracle/v1/query.ts';
import { tx as txCodec } from '../../sdk/codec/index.ts';
import { eventually, headerAppHash, infinetd } from './node.ts';
import { denom, SingleNode } from './singleNode.ts';

const fee: StdFee = { amount: coins(2000, denom), gas: '200000' };

let single: SingleNode;
let sender: string;
let receiver: string;
let fundsOfSender: bigint;

beforeAll(async () => {
  single = await SingleNode.create('single');
  sender = single.sender;
  const { config } = homePaths(single.home);
  const settings = readFileSync(config, 'utf8');
  writeFileSync(config, settings.replace('watchdog_seconds = 120', 'watchdog_seconds = 5'));
  const other = await DirectSecp256k1HdWallet.generate(12, { prefix: 'infinet' });
  receiver = (await other.getAccounts())[0]?.address ?? '';
  await single.start();
  fundsOfSender = await single.balance(sender);
});

afterAll(() => single?.remove());

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
  const result = await single.client.sendTokens(sender, receiver, coins(1234, denom), fee, 'hello');
  expect(result).toMatchObject({ code: 0, txIndex: expect.any(Number) });
  expect(await single.client.getBalance(receiver, denom)).toEqual({ denom, amount: '1234' });
  expect(await single.balance(sender)).toBe(fundsOfSender - 3234n);

  const found = await single.client.getTx(result.transactionHash);
  expect(found).toMatchObject({ code: 0, height: result.height, gasWanted: 200_000n });
  expect(found?.gasUsed).toBeGreaterThan(50_000n);
  const transfer = found?.events.find(
    ({ type, attributes }) => type === 'transfer' && attributes.some(({ value }) => value === `1234${denom}`),
  );
  expect(transfer?.attributes).toContainEqual({ key: 'recipient', value: receiver });

  const byEvent = await single.client.searchTx([{ key: 'transfer.recipient', value: receiver }]);
  expect(byEvent.map(({ hash }) => hash)).toEqual([result.transactionHash]);
});

test('the price that the node fetched rides on its votes into the state, to the last digit', async () => {
  const request = QueryPriceRequest.encode({ symbol: 'BTC' }).finish();
  const price = await eventually('a price', single.node, async () => {
    const bytes = await single.abciQuery('/infinet.oracle.v1.Query/Price', request);
    const found = bytes && QueryPriceResponse.decode(bytes).price;
    return found?.medianMicro === 67_123_456_789n ? found : undefined;
  });
  expect(price.stale).toBe(false);
});

test('the beacon closes rounds with the proofs of the validators', async () => {
  const request = QueryRoundRequest.encode({ round: 1n }).finish();
  const { round, outputs } = await eventually('the first round', single.node, async () => {
    const bytes = await single.abciQuery('/infinet.beacon.v1.Query/Round', request);
    const found = bytes && QueryRoundResponse.decode(bytes);
    return found?.round?.value.length === 32 ? found : undefined;
  });
  expect(outputs).toEqual([expect.objectContaining({ operator: sender, valid: true })]);
  expect(round?.closedHeight).toBeGreaterThan(0n);
});

test('simulation estimates what the tx then uses, less what charging the fee costs', async () => {
  const estimate = await single.client.simulate(sender, [send('1')], '');
  const result = await single.client.signAndBroadcast(sender, [send('1')], fee);
  expect(result.code).toBe(0);
  expect(estimate).toBeGreaterThan(30_000);
  expect(estimate).toBeLessThanOrEqual(Number(result.gasUsed));
  expect(estimate).toBeGreaterThan(Number(result.gasUsed) / 2);
});

test('a sequence that is not the next one is refused with sdk 32', async () => {
  const { accountNumber, sequence } = await single.client.getSequence(sender);
  const signed = await single.client.sign(sender, [send('1')], fee, '', {
    accountNumber,
    sequence: sequence + 5,
    chainId: 'single-1',
  });
  expect(await single.refusal(txCodec.TxRaw.encode(signed).finish())).toMatchObject({ code: 32, codespace: 'sdk' });
});

test('a signature for another chain and a changed signature are refused with sdk 4', async () => {
  const signer = { ...(await single.client.getSequence(sender)), chainId: 'other-chain' };
  const foreign = await single.client.sign(sender, [send('1')], fee, '', signer);
  expect(await single.refusal(txCodec.TxRaw.encode(foreign).finish())).toMatchObject({ code: 4, codespace: 'sdk' });

  const own = await single.client.sign(sender, [send('1')], fee, '', { ...signer, chainId: 'single-1' });
  const [signature = new Uint8Array()] = own.signatures;
  const changed = signature.map((byte, at) => (at === 3 ? byte ^ 1 : byte));
  const bytes = txCodec.TxRaw.encode({ ...own, signatures: [changed] }).finish();
  expect(await single.refusal(bytes)).toMatchObject({ code: 4, codespace: 'sdk' });
});

test('bytes that are no tx are refused with sdk 2', async () => {
  expect(await single.refusal(Uint8Array.of(1, 2, 3))).toMatchObject({ code: 2, codespace: 'sdk' });
});

test('a fee that the sender cannot pay is refused with sdk 5 before the block', async () => {
  const rich: StdFee = { amount: coins('999999999999999', denom), gas: '200000' };
  const signed = await single.client.sign(sender, [send('1')], rich, '');
  expect(await single.refusal(txCodec.TxRaw.encode(signed).finish())).toMatchObject({ code: 5, codespace: 'sdk' });
});

test('an amount that the sender does not have fails in the block with sdk 5, and costs fee and sequence', async () => {
  const before = await single.balance(sender);
  const { sequence } = await single.client.getSequence(sender);
  const result = await single.client.signAndBroadcast(sender, [send('999999999999999')], fee);
  expect(result).toMatchObject({ code: 5 });
  expect(await single.balance(sender)).toBe(before - 2000n);
  expect((await single.client.getSequence(sender)).sequence).toBe(sequence + 1);
});

test('too little gas fails with sdk 11, in CheckTx or in the block by how little it is', async () => {
  const tiny = await single.client.sign(sender, [send('1')], { ...fee, gas: '1000' }, '');
  expect(await single.refusal(txCodec.TxRaw.encode(tiny).finish())).toMatchObject({ code: 11, codespace: 'sdk' });
  const { gasUsed } = await single.client.signAndBroadcast(sender, [send('1')], fee);
  const short: StdFee = { ...fee, gas: (gasUsed - 1000n).toString() };
  expect(await single.client.signAndBroadcast(sender, [send('1')], short)).toMatchObject({ code: 11 });
});

test('a second node on the same home is refused by name of the first', async () => {
  const second = infinetd('start', '--home', single.home);
  expect(await second.ended).toBe(1);
  expect(second.lines.join('\n')).toContain(`process ${single.node.process.pid} already uses this home`);
});

test('SIGTERM ends the node with status 0, and a restart goes on from the same height and hash', async () => {
  single.node.process.kill('SIGTERM');
  expect(await single.node.ended).toBe(0);
  const closing = single.node.lines.map(parseLine).find((entry) => entry?.msg === 'shutting down');
  const height = BigInt(String(closing?.height));
  await single.start();
  const opened = single.node.lines.map(parseLine).find((entry) => entry?.msg === 'listening for CometBFT');
  expect(BigInt(String(opened?.height))).toBeGreaterThanOrEqual(height);
  expect(await single.client.getBalance(receiver, denom)).toEqual({ denom, amount: '1236' });
});

test('kill -9 loses no committed tx, leaves no CometBFT behind, and the app hash stays the one that was agreed on', async () => {
  const result = await single.client.sendTokens(sender, receiver, coins(5, denom), fee);
  expect(result.code).toBe(0);
  const before = await eventually('the next header', single.node, () =>
    headerAppHash(single.ports.rpc, BigInt(result.height) + 1n),
  );
  single.node.process.kill('SIGKILL');
  expect(await single.node.ended).toBe('SIGKILL');
  await single.start();
  expect(await single.client.getBalance(receiver, denom)).toEqual({ denom, amount: '1241' });
  expect(await headerAppHash(single.ports.rpc, BigInt(result.height) + 1n)).toBe(before);
  expect((await single.client.sendTokens(sender, receiver, coins(5, denom), fee)).code).toBe(0);
});

test('a node that hangs is killed with a line that says so, CometBFT ends with it, and a restart goes on', async () => {
  const comet = single.node.lines.map(parseLine).find((entry) => entry?.msg === 'CometBFT runs');
  single.node.process.kill('SIGSTOP');
  expect(await single.node.ended).toBe('SIGKILL');
  const fatal = single.node.lines.map(parseLine).find((entry) => entry?.level === 'fatal');
  expect(fatal?.msg).toContain('infinetd hangs and is ended');
  expect(fatal?.chain).toBe(single.chainId);
  await expect.poll(() => isRunning(Number(comet?.pid)), { timeout: 60_000 }).toBe(false);
  await single.start();
  await single.blocks(1n);
});

test('when CometBFT dies infinetd stops with status 1 and one sentence', async () => {
  const comet = single.node.lines.map(parseLine).find((entry) => entry?.msg === 'CometBFT runs');
  process.kill(Number(comet?.pid), 'SIGKILL');
  expect(await single.node.ended).toBe(1);
  expect(single.node.lines.at(-1)).toMatch(
    /^infinetd: CometBFT \(pid \d+\) ended by signal SIGKILL.*; infinetd stops with it$/,
  );
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function parseLine(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}
