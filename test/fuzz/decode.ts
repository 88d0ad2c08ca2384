import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import { CodedError } from '../../chain/errors.ts';
import { decodeTx } from '../../chain/tx/decode.ts';
import { MessageRouter } from '../../chain/tx/router.ts';
import type { Tx } from '../../chain/tx/tx.ts';
import { messageOf } from '../../sdk/codec/descriptors.ts';
import { freshModules } from '../sim/registry.ts';
import { liveChain } from './chain.ts';
import type { Reader } from './guided.ts';
import { damage } from './mutateFields.ts';
import type { Target } from './target.ts';

/**
 * The tx decoder beside a second protobuf implementation (`@bufbuild/protobuf` with descriptors): whatever ours takes, the
 * other takes too and understands alike, and writes back as the same bytes where the chain asks for canonical ones.
 */
export async function decodeTarget(): Promise<Target> {
  const { seeds: txs, read, close } = await decodeReader();
  return {
    name: 'decode',
    run: (random) => read(random.oneIn(20) ? random.pick(txs) : damage(random, random.pick(txs), random.pick(txs))),
    close,
  };
}

/** The same for bytes that somebody else made. */
export async function decodeReader(): Promise<Reader> {
  const chain = await liveChain(30, () => false);
  const router = new MessageRouter(freshModules());
  return {
    name: 'decode',
    header: 0,
    seeds: chain.txs,
    read: (bytes) => {
      const tx = taken(() => decodeTx(bytes, router));
      if (tx === undefined) return false;
      compare(tx);
      return true;
    },
    close: chain.close,
  };
}

function taken(work: () => Tx): Tx | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}

function compare(tx: Tx): void {
  const raw = read('cosmos.tx.v1beta1.TxRaw', tx.bytes);
  same('TxRaw', raw.bytes, tx.bytes);
  const authInfo = read('cosmos.tx.v1beta1.AuthInfo', tx.authInfoBytes);
  same('AuthInfo', authInfo.bytes, tx.authInfoBytes);
  const body = read('cosmos.tx.v1beta1.TxBody', tx.bodyBytes);
  equal('memo', body.value('memo'), tx.memo);
  equal('timeout height', body.value('timeout_height'), tx.timeoutHeight);
  equal('messages', body.size('messages'), tx.rawMessages.length);
  equal('signers', authInfo.size('signer_infos'), tx.signerInfos.length);
  equal('signatures', raw.size('signatures'), tx.signatures.length);
  for (const { typeUrl, value } of tx.rawMessages) read(typeUrl.slice(1), value);
}

function read(name: string, bytes: Uint8Array) {
  const desc = messageOf(`/${name}`);
  if (desc === undefined) throw new Error(`a tx with ${name} was taken, of which there is no descriptor`);
  const message = reflect(desc, fromBinary(desc, bytes, { readUnknownFields: true }));
  const field = (of: string) => {
    const found = message.fields.find((one) => one.name === of);
    if (found === undefined) throw new Error(`${name} has no field ${of}`);
    return found;
  };
  return {
    bytes: toBinary(desc, message.message),
    value: (of: string): unknown => message.get(field(of)),
    size: (of: string): number => {
      const found = field(of);
      return found.fieldKind === 'list' ? message.get(found).size : Number.NaN;
    },
  };
}

function same(what: string, theirs: Uint8Array, ours: Uint8Array): void {
  if (Buffer.compare(theirs, ours) !== 0) throw new Error(`${what} is not what another implementation writes`);
}

function equal(what: string, theirs: unknown, ours: unknown): void {
  if (theirs !== ours) throw new Error(`${what}: another implementation reads ${String(theirs)}, ours ${String(ours)}`);
}
