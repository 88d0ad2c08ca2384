import { writeFileSync } from 'node:fs';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { txService } from '../../../../sdk/codec/index.ts';
import { aminoMethods } from '../amino/method.ts';
import { aminoTexts } from './aminoTexts.ts';

/**
 * Asks a running `simd` v0.50.9 for the amino form of txs and back, prints where ours differs and writes down what it
 * answered: `node chain/node/services/testing/recordAmino.ts GRPC_PORT out.json`.
 */
const [grpcPort, outFile = ''] = process.argv.slice(2);
const service = '/cosmos.tx.v1beta1.Service/';
const grpc = new Client(`127.0.0.1:${grpcPort}`, credentials.createInsecure());
const mine = new Map(aminoMethods().map(({ path, answer }) => [path, answer]));

interface Recorded {
  readonly path: string;
  readonly request: string;
  readonly answer: { value?: string; code?: number; message?: string };
}

function ask(path: string, request: Uint8Array): Promise<Recorded['answer']> {
  const same = (bytes: Buffer) => bytes;
  return new Promise((resolve) => {
    grpc.makeUnaryRequest(path, same, same, Buffer.from(request), (error: ServiceError | null, value?: Buffer) =>
      resolve(
        error === null
          ? { value: (value ?? Buffer.alloc(0)).toString('base64') }
          : { code: error.code, message: error.details },
      ),
    );
  });
}

const recorded: Recorded[] = [];

async function record(method: string, request: Uint8Array): Promise<Uint8Array | undefined> {
  const path = `${service}${method}`;
  const answer = await ask(path, request);
  const ours = await mine
    .get(path)?.(request)
    .then(
      (bytes) => Buffer.from(bytes).toString('base64'),
      (error: unknown) => String(error),
    );
  // Where both refuse, the words are Go's.
  if (ours !== answer.value && (answer.value !== undefined || !ours?.startsWith('GrpcError'))) {
    const text = (part: string | undefined) => Buffer.from(part ?? '', 'base64').toString('latin1');
    console.log(Buffer.from(request).toString('latin1').slice(0, 700));
    console.log(`   simd ${answer.value === undefined ? answer.message : text(answer.value)}`);
    console.log(`   ours ${ours?.startsWith('GrpcError') ? ours : text(ours)}`);
  }
  const kept = answer.value === undefined ? { code: answer.code } : answer;
  recorded.push({ path, request: Buffer.from(request).toString('base64'), answer: kept });
  return answer.value === undefined ? undefined : Buffer.from(answer.value, 'base64');
}

for (const aminoJson of aminoTexts()) {
  const found = await record('TxEncodeAmino', txService.TxEncodeAminoRequest.encode({ aminoJson }).finish());
  if (found === undefined) continue;
  const { aminoBinary } = txService.TxEncodeAminoResponse.decode(found);
  await record('TxDecodeAmino', txService.TxDecodeAminoRequest.encode({ aminoBinary }).finish());
  // Cut off, with a byte too many, and with one changed.
  for (const bad of [aminoBinary.subarray(0, -1), Buffer.concat([aminoBinary, Uint8Array.of(1)])]) {
    await record('TxDecodeAmino', txService.TxDecodeAminoRequest.encode({ aminoBinary: bad }).finish());
  }
}
for (const bytes of ['', '010203', '0102030405', '282816a9', '282816a908', '282816a90a', '282816a90a0401020304']) {
  const aminoBinary = Buffer.from(bytes, 'hex');
  await record('TxDecodeAmino', txService.TxDecodeAminoRequest.encode({ aminoBinary }).finish());
}
writeFileSync(outFile, `[\n${recorded.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`);
grpc.close();
