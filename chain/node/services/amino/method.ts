import { txService as types } from '../../../../sdk/codec/index.ts';
import type { NodeMethod } from '../../../api/backend.ts';
import { GrpcError } from '../../../app/grpcStatus.ts';
import { maxTxBytes } from '../../../tx/decode.ts';
import { method } from '../method.ts';
import { decodeBinary, encodeBinary } from './binary.ts';
import { decodeJson, encodeJson } from './json.ts';
import { stdTx } from './types.ts';

const service = '/cosmos.tx.v1beta1.Service/';

/** The txs of amino times between JSON and binary: nothing of this chain reads them, wallets of old do. */
export function aminoMethods(): NodeMethod[] {
  return [
    method(`${service}TxEncodeAmino`, types.TxEncodeAminoRequest, types.TxEncodeAminoResponse, ({ aminoJson }) => {
      if (aminoJson === '') throw new GrpcError('InvalidArgument', 'invalid empty tx json');
      return { aminoBinary: bounded(aminoJson.length, () => encodeBinary(decodeJson(aminoJson, stdTx))) };
    }),
    method(`${service}TxDecodeAmino`, types.TxDecodeAminoRequest, types.TxDecodeAminoResponse, ({ aminoBinary }) => {
      if (aminoBinary.length === 0) throw new GrpcError('InvalidArgument', 'invalid empty tx bytes');
      return { aminoJson: bounded(aminoBinary.length, () => encodeJson(decodeBinary(aminoBinary, stdTx))) };
    }),
  ];
}

/** Whatever is wrong with the input is of unknown status, as an error of the SDK without one. */
function bounded<T>(length: number, convert: () => T): T {
  // Hex and base64 make JSON larger than the bytes that may be in a block.
  if (length > 2 * maxTxBytes) throw new GrpcError('InvalidArgument', `a tx of ${length} bytes is too large`);
  try {
    return convert();
  } catch (error) {
    throw new GrpcError('Unknown', error instanceof Error ? error.message : String(error));
  }
}
