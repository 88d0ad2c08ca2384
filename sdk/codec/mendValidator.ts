import type { BinaryWriter } from 'cosmjs-types/binary';
import { Validator } from 'cosmjs-types/cosmos/staking/v1beta1/staking';
import { ProtoWriter } from './protoWriter.ts';

/**
 * cosmjs-types 0.11.0 writes a packed list that is empty as a tag and a length of 0, where protobuf writes nothing. Readers
 * do not care, but a validator's bytes are committed: the last field of Validator, `unbonding_ids`, is such a list.
 */
const encodeOriginal = Validator.encode;

Validator.encode = function encode(message: Validator, writer?: BinaryWriter): BinaryWriter {
  const written = encodeOriginal(message, writer);
  // Its tag and its length have one byte each.
  if (message.unbondingIds.length === 0 && written instanceof ProtoWriter) written.takeBack(2);
  return written;
};
