import { Buffer } from 'node:buffer';
import { messageOf } from '../../sdk/codec/descriptors.ts';
import { tx } from '../../sdk/codec/index.ts';
import { readJson } from '../api/json/read.ts';
import { writeJson } from '../api/json/write.ts';
import type { JsonNode } from '../json/node.ts';

const bodyType = requireType('/cosmos.tx.v1beta1.TxBody');
const authInfoType = requireType('/cosmos.tx.v1beta1.AuthInfo');

/**
 * A signed tx in the SDK's JSON (`{"body": ..., "auth_info": ..., "signatures": [...]}`), as `simd genesis gentx` writes
 * it, to the `TxRaw` that was signed: SIGN_MODE_DIRECT signs the bytes that this JSON encodes to. Throws with the path.
 */
export function encodeTxJson(node: JsonNode): Uint8Array {
  const unknown = node.names().find((name) => !['body', 'auth_info', 'signatures'].includes(name));
  if (unknown !== undefined) node.field(unknown).fail('a tx has body, auth_info and signatures only');
  const part = (name: string, type: typeof bodyType) => {
    const value = node.field(name);
    return value.isAbsent ? value.fail('is missing') : value.read(() => readJson(type, value.value));
  };
  return tx.TxRaw.encode({
    bodyBytes: part('body', bodyType),
    authInfoBytes: part('auth_info', authInfoType),
    signatures: node
      .field('signatures')
      .list()
      .map((signature) => signature.bytes()),
  }).finish();
}

/** The inverse, one line of text; throws when the bytes hold a type that the chain does not have. */
export function writeTxJson(bytes: Uint8Array): string {
  const { bodyBytes, authInfoBytes, signatures } = tx.TxRaw.decode(bytes);
  const texts = signatures.map((signature) => JSON.stringify(Buffer.from(signature).toString('base64')));
  const body = writeJson(bodyType, bodyBytes);
  return `{"body":${body},"auth_info":${writeJson(authInfoType, authInfoBytes)},"signatures":[${texts.join(',')}]}`;
}

function requireType(typeUrl: string) {
  const type = messageOf(typeUrl);
  if (type === undefined) throw new Error(`no descriptor of ${typeUrl}`);
  return type;
}
