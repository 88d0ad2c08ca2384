import { coins } from '@cosmjs/stargate';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { bankQuery, baseTendermintQuery, tx as txCodec, txService } from '../../sdk/codec/index.ts';
import { eventually } from './node.ts';
import { denom, SingleNode } from './singleNode.ts';

let single: SingleNode;
let grpc: Client;

beforeAll(async () => {
  single = await SingleNode.create('clients');
  await single.start();
  grpc = new Client(`127.0.0.1:${single.ports.grpc}`, credentials.createInsecure());
});

afterAll(async () => {
  grpc?.close();
  await single?.remove();
});

function call(path: string, request: Uint8Array, height?: bigint): Promise<Buffer> {
  const same = (bytes: Buffer) => bytes;
  const metadata = new Metadata();
  if (height !== undefined) metadata.set('x-cosmos-block-height', height.toString());
  return new Promise((resolve, reject) => {
    const done = (error: ServiceError | null, value?: Buffer) =>
      error === null ? resolve(value ?? Buffer.alloc(0)) : reject(error);
    grpc.makeUnaryRequest(path, same, same, Buffer.from(request), metadata, done);
  });
}

async function rest(path: string, init?: RequestInit): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${single.ports.rest}${path}`, init);
  return z.record(z.string(), z.unknown()).parse(await response.json());
}

test('a balance is the same over gRPC, REST and abci_query, now and at an earlier height', async () => {
  const request = bankQuery.QueryBalanceRequest.encode({ address: single.sender, denom }).finish();
  const overGrpc = bankQuery.QueryBalanceResponse.decode(
    await call('/cosmos.bank.v1beta1.Query/Balance', request),
  ).balance;
  expect(overGrpc).toEqual(await single.client.getBalance(single.sender, denom));
  const path = `/cosmos/bank/v1beta1/balances/${single.sender}/by_denom?denom=${denom}`;
  expect(await rest(path)).toEqual({ balance: overGrpc });
  const early = bankQuery.QueryBalanceResponse.decode(await call('/cosmos.bank.v1beta1.Query/Balance', request, 1n));
  expect(early.balance).toEqual(overGrpc);
});

test('a tx is sent over REST, found by its hash and by its events, and decoded', async () => {
  const send = {
    typeUrl: '/cosmos.bank.v1beta1.MsgSend',
    value: { fromAddress: single.sender, toAddress: single.sender, amount: coins('7', denom) },
  };
  const fee = { amount: coins('2000', denom), gas: '200000' };
  const signed = await single.client.sign(single.sender, [send], fee, 'over REST');
  const txBytes = Buffer.from(txCodec.TxRaw.encode(signed).finish()).toString('base64');
  const body = JSON.stringify({ tx_bytes: txBytes, mode: 'BROADCAST_MODE_SYNC' });
  const sent = z.object({ tx_response: z.object({ code: z.number(), txhash: z.string() }) });
  const { tx_response: answer } = sent.parse(await rest('/cosmos/tx/v1beta1/txs', { method: 'POST', body }));
  expect(answer.code).toBe(0);

  const again = sent.parse(await rest('/cosmos/tx/v1beta1/txs', { method: 'POST', body }));
  expect(again.tx_response).toMatchObject({ code: 19, txhash: answer.txhash });

  const found = await eventually('the tx', single.node, async () => {
    const json = await rest(`/cosmos/tx/v1beta1/txs/${answer.txhash}`);
    return json.tx_response === undefined ? undefined : json;
  });
  expect(found).toMatchObject({
    tx: { body: { memo: 'over REST', messages: [{ '@type': '/cosmos.bank.v1beta1.MsgSend' }] } },
    tx_response: { code: 0, gas_wanted: '200000', tx: { '@type': '/cosmos.tx.v1beta1.Tx' } },
  });
  const query = encodeURIComponent(`transfer.recipient='${single.sender}'`);
  expect(await rest(`/cosmos/tx/v1beta1/txs?query=${query}`)).toMatchObject({ total: '1' });
  const decoded = await rest('/cosmos/tx/v1beta1/decode', {
    method: 'POST',
    body: JSON.stringify({ tx_bytes: txBytes }),
  });
  expect(decoded.tx).toEqual(found.tx);
  const encoded = await rest('/cosmos/tx/v1beta1/encode', { method: 'POST', body: JSON.stringify(decoded) });
  expect(encoded).toEqual({ tx_bytes: txBytes });
  const request = txService.GetTxRequest.encode({ hash: answer.txhash }).finish();
  const overGrpc = txService.GetTxResponse.decode(await call('/cosmos.tx.v1beta1.Service/GetTx', request));
  expect(overGrpc.txResponse?.txhash).toBe(answer.txhash);
});

test('blocks, validators and the node are described', async () => {
  const bytes = await call('/cosmos.base.tendermint.v1beta1.Service/GetLatestBlock', new Uint8Array());
  const latest = baseTendermintQuery.GetLatestBlockResponse.decode(bytes);
  expect(latest.sdkBlock?.header.proposerAddress).toMatch(/^infinetvalcons1/);
  const height = latest.block?.header.height ?? 0n;
  const json = z
    .object({ block_id: z.object({ hash: z.string() }) })
    .parse(await rest(`/cosmos/base/tendermint/v1beta1/blocks/${height}`));
  expect(json.block_id.hash).toBe(Buffer.from(latest.blockId?.hash ?? []).toString('base64'));
  expect(await rest('/cosmos/base/tendermint/v1beta1/node_info')).toMatchObject({
    default_node_info: { network: 'clients-1' },
    application_version: { app_name: 'infinetd' },
  });
  expect(await rest('/cosmos/base/tendermint/v1beta1/syncing')).toEqual({ syncing: false });
  expect(await rest('/cosmos/base/tendermint/v1beta1/validatorsets/latest')).toMatchObject({
    validators: [{ voting_power: '500000', pub_key: { '@type': '/cosmos.crypto.ed25519.PubKey' } }],
  });
});

test('a value with its proof is there over REST as over CometBFT', async () => {
  const answer = await rest(
    '/cosmos/base/tendermint/v1beta1/abci_query?path=/store/bank/key&data=AHVpbmY%3D&prove=true',
  );
  expect(answer).toMatchObject({ code: 0, proof_ops: { ops: [{ type: 'ics23:iavl' }, { type: 'ics23:simple' }] } });
});

test('our own modules answer over REST by the names of their queries', async () => {
  expect(await rest('/infinet/contribution/v1/params')).toHaveProperty('params.min_deposit.denom', denom);
  await eventually('a price', single.node, async () => {
    const { price } = await rest('/infinet/oracle/v1/price?symbol=BTC');
    return price;
  });
});
