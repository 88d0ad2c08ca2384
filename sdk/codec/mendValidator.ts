import { BinaryWriter } from 'cosmjs-types/binary';
import { Validator } from 'cosmjs-types/cosmos/staking/v1beta1/staking';

/**
 * cosmjs-types 0.11.0 writes a packed list that is empty as a tag and a length of 0, where protobuf writes nothing. Readers
 * do not care, but a validator's bytes are committed: the last field of Validator, `unbonding_ids`, is such a list.
 */
const encodeOriginal = Validator.encode;

Validator.encode = function encode(message: Validator, writer = BinaryWriter.create()): BinaryWriter {
  const before = writer.tail;
  encodeOriginal(message, writer);
  if (message.unbondingIds.length > 0) return writer;
  // The tag and the length are the last two entries of the writer's list, one byte each.
  let last = before;
  while (last.next?.next?.next !== undefined) last = last.next;
  if (last.next === undefined) throw new Error('a validator was written without its last field');
  last.next = undefined;
  writer.tail = last;
  writer.len -= 2;
  return writer;
};
