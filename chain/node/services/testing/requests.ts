import type { AddressCodec } from '../../../../sdk/address.ts';
import { baseTendermintQuery as tendermint, txService as tx, tx as txTypes } from '../../../../sdk/codec/index.ts';
import type { NodeMethod } from '../../../api/backend.ts';
import type { CometClient } from '../../comet/client.ts';
import { nodeMethods } from '../node.ts';
import { reflectionMethods } from '../reflection.ts';
import { tendermintMethods } from '../tendermint.ts';
import { txMethods } from '../tx.ts';

/** The services over one CometBFT, by path. */
export function allMethods(comet: CometClient, addresses: AddressCodec, height: () => bigint): Map<string, NodeMethod> {
  const query = () => {
    throw new Error('not asked here');
  };
  const methods = [
    ...tendermintMethods({ comet, addresses, version: '', height, query }),
    ...txMethods({ comet, height }),
    ...nodeMethods({ comet, minimumGasPrices: '', haltHeight: 0n, height }),
    ...reflectionMethods({ bech32Prefix: addresses.prefix, messages: ['/cosmos.bank.v1beta1.MsgSend'], paths: [] }),
  ];
  return new Map(methods.map((method) => [method.path, method]));
}

/** Requests whose answers do not change while the chain goes on. */
export function requests(hash: string, height: bigint): (readonly [path: string, request: Uint8Array])[] {
  const comet = '/cosmos.base.tendermint.v1beta1.Service/';
  const service = '/cosmos.tx.v1beta1.Service/';
  const block = (at: bigint) => tendermint.GetBlockByHeightRequest.encode({ height: at }).finish();
  const validators = (at: bigint, limit?: bigint, offset = 0n) =>
    tendermint.GetValidatorSetByHeightRequest.fromPartial({
      height: at,
      pagination: limit === undefined ? undefined : { limit, offset },
    });
  const set = (...args: Parameters<typeof validators>) =>
    tendermint.GetValidatorSetByHeightRequest.encode(validators(...args)).finish();
  const get = (text: string) => tx.GetTxRequest.encode({ hash: text }).finish();
  const find = (part: Partial<tx.GetTxsEventRequest>) =>
    tx.GetTxsEventRequest.encode(tx.GetTxsEventRequest.fromPartial(part)).finish();
  const send = (txBytes: Uint8Array, mode: number) => tx.BroadcastTxRequest.encode({ txBytes, mode }).finish();
  const inBlock = (at: bigint, offset?: bigint) =>
    tx.GetBlockWithTxsRequest.encode(
      tx.GetBlockWithTxsRequest.fromPartial({
        height: at,
        pagination: offset === undefined ? undefined : { offset, limit: 1n },
      }),
    ).finish();
  const query = `tx.height=${height}`;
  const whole = txTypes.Tx.fromPartial({ body: { memo: 'x' }, authInfo: { fee: { gasLimit: 5n } }, signatures: [] });
  return [
    [`${comet}GetSyncing`, new Uint8Array()],
    [`${comet}GetBlockByHeight`, block(1n)],
    [`${comet}GetBlockByHeight`, block(height)],
    [`${comet}GetBlockByHeight`, block(0n)],
    [`${comet}GetBlockByHeight`, block(1n << 40n)],
    [`${comet}GetValidatorSetByHeight`, set(1n)],
    [`${comet}GetValidatorSetByHeight`, set(height, 1n)],
    [`${comet}GetValidatorSetByHeight`, set(height, 1n, 3n)],
    [`${comet}GetValidatorSetByHeight`, set(1n << 40n)],
    [`${service}GetTx`, get(hash)],
    [`${service}GetTx`, get(hash.toLowerCase())],
    [`${service}GetTx`, get('')],
    [`${service}GetTx`, get('zz')],
    [`${service}GetTx`, get('abc')],
    [`${service}GetTx`, get('AA')],
    [`${service}GetTxsEvent`, find({ query })],
    [`${service}GetTxsEvent`, find({ query, orderBy: 2, limit: 1n, page: 1n })],
    [`${service}GetTxsEvent`, find({ query, limit: 1n, page: 2n })],
    [`${service}GetTxsEvent`, find({ query: 'tx.height=2' })],
    [`${service}GetTxsEvent`, find({ query: 'x' })],
    [`${service}GetTxsEvent`, find({ events: [query] })],
    [`${service}GetBlockWithTxs`, inBlock(height)],
    [`${service}GetBlockWithTxs`, inBlock(height, 0n)],
    [`${service}GetBlockWithTxs`, inBlock(height, 7n)],
    [`${service}GetBlockWithTxs`, inBlock(1n)],
    [`${service}GetBlockWithTxs`, inBlock(0n)],
    [`${service}BroadcastTx`, send(new Uint8Array(), 2)],
    [`${service}BroadcastTx`, send(Uint8Array.of(0, 0, 0), 2)],
    [`${service}BroadcastTx`, send(Uint8Array.of(0, 0, 1), 3)],
    [`${service}BroadcastTx`, send(Uint8Array.of(0, 0, 0), 0)],
    [`${service}BroadcastTx`, send(Uint8Array.of(0, 0, 0), 1)],
    [`${service}TxDecode`, new Uint8Array()],
    [`${service}TxDecode`, tx.TxDecodeRequest.encode({ txBytes: txTypes.Tx.encode(whole).finish() }).finish()],
    [`${service}TxEncode`, new Uint8Array()],
    [`${service}TxEncode`, tx.TxEncodeRequest.encode({ tx: whole }).finish()],
    ['/cosmos.base.node.v1beta1.Service/Config', new Uint8Array()],
  ];
}
