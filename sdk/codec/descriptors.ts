import { readFileSync } from 'node:fs';
import {
  createFileRegistry,
  type DescField,
  type DescMessage,
  type DescMethod,
  type FileRegistry,
  fromBinary,
  getOption,
} from '@bufbuild/protobuf';
import { type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/**
 * What every message, query and service of the chain looks like, with its options, as data: the Cosmos SDK's and
 * CometBFT's types and our own. Strict decoding, signers, amino JSON, REST and gRPC reflection are read from here.
 */
function load(): FileDescriptorSet {
  const [cosmos, own] = ['cosmos', 'infinet'].map((name) => {
    const bytes = readFileSync(new URL(`../../proto/descriptors/${name}.binpb`, import.meta.url));
    return fromBinary(FileDescriptorSetSchema, bytes);
  });
  return {
    ...cosmos,
    $typeName: 'google.protobuf.FileDescriptorSet',
    file: [...(cosmos?.file ?? []), ...(own?.file ?? [])],
  };
}

/** All files, each after those that it imports. */
export const descriptorSet: FileDescriptorSet = load();

/** Finds messages, enums, services and extensions by their full name (`cosmos.bank.v1beta1.MsgSend`). */
export const descriptors: FileRegistry = createFileRegistry(descriptorSet);

/** The message that an `Any` names: `/cosmos.bank.v1beta1.MsgSend`; undefined if the chain has no such type. */
export function messageOf(typeUrl: string): DescMessage | undefined {
  return typeUrl.startsWith('/') ? descriptors.getMessage(typeUrl.slice(1)) : undefined;
}

/** Value of a custom option such as `cosmos.msg.v1.signer`; the option's default if it is not set. Throws if unknown. */
export function option(desc: DescMessage | DescField | DescMethod, name: string): unknown {
  const extension = descriptors.getExtension(name);
  if (extension === undefined) throw new Error(`the descriptors have no option ${name}`);
  return getOption(desc, extension);
}

/** A text option; undefined if it is not set or empty. */
export function textOption(desc: DescMessage | DescField | DescMethod, name: string): string | undefined {
  const value = desc.proto.options === undefined ? undefined : option(desc, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A flag; false if it is not set. */
export function flagOption(desc: DescMessage | DescField | DescMethod, name: string): boolean {
  return desc.proto.options !== undefined && option(desc, name) === true;
}
