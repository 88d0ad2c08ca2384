import binary from 'cosmjs-types/binary';
import { ProtoReader } from './protoReader.ts';
import { ProtoWriter } from './protoWriter.ts';

/**
 * cosmjs-types 0.11.0 writes 64-bit varints from 2^31 to 2^32-1 as garbage: its loop compares the low word as signed. One
 * tx with such a gas limit would make an answer to CometBFT undecodable. Its encoders and decoders look reader and writer
 * up here each time, so this puts ours in their place for all of them, CosmJS' own calls included.
 */
Object.defineProperty(binary, 'BinaryWriter', { value: ProtoWriter });
Object.defineProperty(binary, 'BinaryReader', { value: ProtoReader });
