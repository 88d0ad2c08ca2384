import { writeFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/**
 * Makes `cosmos.binpb` from what a node of the Cosmos SDK says of itself: `node proto/descriptors/fetch.ts 127.0.0.1:9090`.
 * The packages below and all that they import are kept, without comments, each file after those that it imports.
 * A node has two sets: the SDK's files are those of gRPC's reflection, by which it decodes and answers. The other set, all in one
 * answer, is of a module of its own version: 0.50.9 lists a message there that it does not take, and lacks a query that it has.
 */
const roots = [
  'amino/',
  'cosmos/auth/v1beta1/',
  'cosmos/authz/v1beta1/',
  'cosmos/autocli/v1/',
  'cosmos/bank/v1beta1/',
  'cosmos/base/',
  'cosmos/consensus/v1/',
  'cosmos/crypto/',
  'cosmos/distribution/v1beta1/',
  'cosmos/evidence/v1beta1/',
  'cosmos/feegrant/v1beta1/',
  'cosmos/gov/',
  'cosmos/ics23/',
  'cosmos/mint/v1beta1/',
  'cosmos/msg/',
  'cosmos/params/v1beta1/',
  'cosmos/reflection/',
  'cosmos/slashing/v1beta1/',
  'cosmos/staking/v1beta1/',
  'cosmos/tx/',
  'cosmos/upgrade/v1beta1/',
  'cosmos/vesting/v1beta1/',
  'tendermint/',
];

/** Calls over plain HTTP/2, each with one message; resolves with the bytes of the one that is answered. */
class Grpc {
  readonly #session: ClientHttp2Session;

  constructor(address: string) {
    this.#session = connect(`http://${address}`);
    // Its streams tell the same.
    this.#session.on('error', () => {});
  }

  call(path: string, message: Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('error', reject);
      // A gRPC message: one byte for compression, four for the length, then the message.
      stream.on('end', () => resolve(Buffer.concat(parts).subarray(5)));
      const head = Buffer.alloc(5);
      head.writeUInt32BE(message.length, 1);
      stream.end(Buffer.concat([head, message]));
    });
  }

  close(): void {
    this.#session.close();
  }
}

/** The file as gRPC's reflection has it: `file_by_filename` (3) answered by `file_descriptor_response` (4), its first the one asked for. */
async function reflected(grpc: Grpc, name: string): Promise<FileDescriptorProto> {
  const request = new BinaryWriter().tag(3, WireType.LengthDelimited).string(name).finish();
  const answer = new BinaryReader(
    await grpc.call('/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo', request),
  );
  while (answer.pos < answer.len) {
    const [field, type] = answer.tag();
    if (field !== 4) {
      answer.skip(type);
      continue;
    }
    const files = new BinaryReader(answer.bytes());
    files.tag();
    const file = fromBinary(FileDescriptorProtoSchema, files.bytes());
    if (file.name === name) return file;
  }
  throw new Error(`the node does not reflect ${name}`);
}

function closure(files: readonly FileDescriptorProto[]): FileDescriptorProto[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const kept = new Map<string, FileDescriptorProto>();
  const visit = (name: string) => {
    const file = byName.get(name);
    if (file === undefined) throw new Error(`the node's descriptors lack ${name}`);
    if (kept.has(name)) return;
    for (const dependency of [...file.dependency].sort()) visit(dependency);
    kept.set(name, { ...file, sourceCodeInfo: undefined });
  };
  const wanted = files.map(({ name }) => name).filter((name) => roots.some((root) => name.startsWith(root)));
  for (const name of wanted.filter((name) => !name.includes('/module/')).sort()) visit(name);
  return [...kept.values()];
}

const [address] = process.argv.slice(2);
if (address === undefined) throw new Error('usage: node proto/descriptors/fetch.ts HOST:PORT');
const grpc = new Grpc(address);
const answer = await grpc.call('/cosmos.reflection.v1.ReflectionService/FileDescriptors', new Uint8Array());
// The answer's field 1 is `repeated google.protobuf.FileDescriptorProto`, as in a FileDescriptorSet.
const files = closure(fromBinary(FileDescriptorSetSchema, answer).file);
const file: FileDescriptorProto[] = [];
for (const each of files) {
  const own = each.service.length + each.messageType.length > 0 && each.name.startsWith('cosmos/');
  file.push(own ? { ...(await reflected(grpc, each.name)), sourceCodeInfo: undefined } : each);
}
grpc.close();
const bytes = toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));
writeFileSync(new URL('cosmos.binpb', import.meta.url), bytes);
process.stdout.write(`${file.length} files, ${bytes.length} bytes\n`);
