import { createFileRegistry, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { descriptors as chainDescriptors, descriptorSet } from '../../sdk/codec/descriptors.ts';
import { BinaryReader, BinaryWriter } from '../../sdk/codec/index.ts';
import { grpcCodes } from '../app/grpcStatus.ts';
import { serviceDescriptors, serviceFiles } from './serviceFiles.ts';

/**
 * gRPC server reflection (grpc/reflection/v1, whose messages v1alpha shares) from the chain's descriptors and those of
 * gRPC's own services. Files go out as they are, with all their options, each after the files that it imports.
 */
export const reflectionPaths = ['v1', 'v1alpha'].map(
  (version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
);

const files = new Map([...descriptorSet.file, ...serviceFiles].map((file) => [file.name, file]));
const descriptors = createFileRegistry(chainDescriptors, serviceDescriptors);

/** Answers one `ServerReflectionRequest`; `services` are the full names of those served. Throws on malformed bytes. */
export function reflect(request: Uint8Array, services: readonly string[]): Uint8Array {
  const asked = readRequest(request);
  const writer = new BinaryWriter().uint32(tag(1)).string(asked.host).uint32(tag(2)).bytes(request);
  const [field, body] = answerTo(asked, services);
  return writer.uint32(tag(field)).bytes(body).finish();
}

interface ReflectionRequest {
  host: string;
  kind: number;
  text: string;
  extension: number;
}

function readRequest(bytes: Uint8Array): ReflectionRequest {
  const request: ReflectionRequest = { host: '', kind: 0, text: '', extension: 0 };
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const head = reader.uint32();
    const field = head >>> 3;
    if (field === 1) request.host = reader.string();
    else if (field === 5) {
      const end = reader.uint32() + reader.pos;
      request.kind = field;
      while (reader.pos < end) {
        const inner = reader.uint32();
        if (inner >>> 3 === 1) request.text = reader.string();
        else if (inner >>> 3 === 2) request.extension = reader.int32();
        else reader.skipType(inner & 7);
      }
    } else if (field >= 3 && field <= 7) {
      request.kind = field;
      request.text = reader.string();
    } else reader.skipType(head & 7);
  }
  return request;
}

function answerTo(asked: ReflectionRequest, services: readonly string[]): [field: number, body: Uint8Array] {
  const { kind, text } = asked;
  if (kind === 7) return [6, repeated(services.map((name) => new BinaryWriter().uint32(tag(1)).string(name).finish()))];
  if (kind === 6) {
    const message = descriptors.getMessage(text);
    if (message === undefined) return notFound(`unknown message ${text}`);
    const numbers = new BinaryWriter();
    for (const number of extensionsOf(text)) numbers.int32(number);
    const body = new BinaryWriter().uint32(tag(1)).string(text).uint32(tag(2)).bytes(numbers.finish());
    return [5, body.finish()];
  }
  const name = kind === 3 ? text : kind === 4 ? fileOfSymbol(text) : kind === 5 ? fileOfExtension(asked) : undefined;
  if (name === undefined || !files.has(name)) return notFound(`there is no ${text.slice(0, 200)}`);
  return [4, repeated(closure(name))];
}

function fileOfSymbol(symbol: string): string | undefined {
  const found = descriptors.get(symbol);
  if (found !== undefined) return `${found.file.name}.proto`;
  // A field, an enum's value or a service's method stands in the file of what it belongs to.
  const parent = symbol.slice(0, Math.max(0, symbol.lastIndexOf('.')));
  const owner = parent === '' ? undefined : descriptors.get(parent);
  const last = symbol.slice(parent.length + 1);
  const members =
    owner?.kind === 'message'
      ? owner.members
      : owner?.kind === 'service'
        ? owner.methods
        : owner?.kind === 'enum'
          ? owner.values
          : [];
  return members.some((member) => member.name === last) && owner !== undefined ? `${owner.file.name}.proto` : undefined;
}

function fileOfExtension({ text, extension }: ReflectionRequest): string | undefined {
  const message = descriptors.getMessage(text);
  const found = message === undefined ? undefined : descriptors.getExtensionFor(message, extension);
  return found === undefined ? undefined : `${found.file.name}.proto`;
}

function extensionsOf(message: string): number[] {
  const numbers: number[] = [];
  for (const type of descriptors) {
    if (type.kind === 'extension' && type.extendee.typeName === message) numbers.push(type.number);
  }
  return numbers;
}

/** The file and all that it imports, itself first, as other servers answer. */
function closure(name: string): Uint8Array[] {
  const seen = new Set<string>([name]);
  for (const current of seen) for (const imported of files.get(current)?.dependency ?? []) seen.add(imported);
  return [...seen].flatMap((file) => {
    const found = files.get(file);
    return found === undefined ? [] : [toBinary(FileDescriptorProtoSchema, found)];
  });
}

function notFound(text: string): [field: number, body: Uint8Array] {
  return [
    7,
    new BinaryWriter()
      .uint32(1 << 3)
      .int32(grpcCodes.NotFound)
      .uint32(tag(2))
      .string(text)
      .finish(),
  ];
}

function repeated(parts: readonly Uint8Array[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const part of parts) writer.uint32(tag(1)).bytes(part);
  return writer.finish();
}

/** Tag of a field with a length: all of these messages' fields but the error's code are such. */
function tag(field: number): number {
  return (field << 3) | 2;
}
