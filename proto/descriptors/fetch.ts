import { writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/**
 * Makes `cosmos.binpb` from what a node of the Cosmos SDK says of itself: `node proto/descriptors/fetch.ts 127.0.0.1:9090`.
 * The packages below and all that they import are kept, without comments, each file after those that it imports.
 */
const roots = [
  'amino/',
  'cosmos/auth/v1beta1/',
  'cosmos/authz/v1beta1/',
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

/** One unary gRPC call over plain HTTP/2; returns the bytes of the response message. */
async function call(address: string, path: string): Promise<Buffer> {
  const session = connect(`http://${address}`);
  try {
    return await new Promise((resolve, reject) => {
      session.on('error', reject);
      const stream = session.request({
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
      stream.end(Buffer.alloc(5));
    });
  } finally {
    session.close();
  }
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
const answer = await call(address, '/cosmos.reflection.v1.ReflectionService/FileDescriptors');
// The answer's field 1 is `repeated google.protobuf.FileDescriptorProto`, as in a FileDescriptorSet.
const file = closure(fromBinary(FileDescriptorSetSchema, answer).file);
const bytes = toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));
writeFileSync(new URL('cosmos.binpb', import.meta.url), bytes);
process.stdout.write(`${file.length} files, ${bytes.length} bytes\n`);
