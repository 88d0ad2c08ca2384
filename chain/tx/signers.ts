import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { operatorAsAccount } from '../../sdk/address.ts';
import { messageOf, option, textOption } from '../../sdk/codec/descriptors.ts';
import { readField } from './wire.ts';

/** Reads from a message's bytes the account addresses (Bech32) that must sign it, in order. */
export type SignerReader = (bytes: Uint8Array) => readonly string[];

/** Signers nested deeper than this are a mistake in the descriptors. */
const maxDepth = 32;

/**
 * Who signs a message, as its option `cosmos.msg.v1.signer` says: a text field, or a message with that option itself
 * (MsgMultiSend's inputs). Operator addresses become account addresses. Throws if the type names no signer.
 */
export function signersOf(typeUrl: string): SignerReader {
  const message = messageOf(typeUrl);
  if (message === undefined) throw new Error(`no descriptor of ${typeUrl}`);
  return readerOf(message, 0);
}

function readerOf(message: DescMessage, depth: number): SignerReader {
  const names = option(message, 'cosmos.msg.v1.signer');
  if (depth > maxDepth || !Array.isArray(names) || names.length === 0) {
    throw new Error(`no cosmos.msg.v1.signer option found for message ${message.typeName}`);
  }
  if (depth > 0 && names.length !== 1) {
    throw new Error(`nested cosmos.msg.v1.signer option in message ${message.typeName} must contain only one value`);
  }
  const readers = names.map((name) => {
    const field = message.fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw new Error(`field ${name} not found in message ${message.typeName}`);
    return fieldReader(field, depth);
  });
  return (bytes) => readers.flatMap((read) => read(bytes));
}

function fieldReader(field: DescField, depth: number): SignerReader {
  if (field.message !== undefined) {
    const read = readerOf(field.message, depth + 1);
    const isList = field.fieldKind === 'list';
    return (bytes) => {
      const children = values(bytes, field.number);
      // A single message that is absent reads as an empty one, as in Go.
      return (isList || children.length > 0 ? children : [new Uint8Array()]).flatMap((child) => read(child));
    };
  }
  const isOperator = textOption(field, 'cosmos_proto.scalar') === 'cosmos.ValidatorAddressString';
  return (bytes) => {
    const texts = values(bytes, field.number).map((value) => Buffer.from(value).toString('utf8'));
    const present = texts.length > 0 || field.fieldKind === 'list' ? texts : [''];
    return isOperator ? present.map(operatorAsAccount) : present;
  };
}

/** Contents of all length-delimited fields with this number. */
function values(bytes: Uint8Array, number: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const field = readField(bytes, offset);
    offset = field.end;
    if (field.number === number && field.type === 2) found.push(bytes.subarray(field.start, field.end));
  }
  return found;
}
