import { writeFileSync } from 'node:fs';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { createAddressCodec } from '../../../../sdk/address.ts';
import { type CometClient, CometRpcError, cometClient } from '../../comet/client.ts';
import type { RecordedService } from './replay.ts';
import { allMethods, requests } from './requests.ts';

/**
 * Asks the services of a running `simd` v0.50.9 over gRPC, and ours over the RPC of its CometBFT, and writes down what both
 * answered: `node chain/node/services/testing/recordSimd.ts GRPC_PORT RPC_PORT TX_HASH HEIGHT out.json`.
 */
const [grpcPort, rpcPort, hash = '', height = '', outFile = ''] = process.argv.slice(2);
const grpc = new Client(`127.0.0.1:${grpcPort}`, credentials.createInsecure());
const real = cometClient(`http://127.0.0.1:${rpcPort}`);
let rpc: RecordedService['rpc'][number][] = [];
const comet: CometClient = {
  call: async (method, params = {}) => {
    try {
      const result = await real.call(method, params);
      rpc.push({ method, params, result });
      return result;
    } catch (error) {
      if (error instanceof CometRpcError) rpc.push({ method, params, error: error.message });
      throw error;
    }
  },
};

function ask(path: string, request: Uint8Array): Promise<RecordedService['answer']> {
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

let last = 0n;
const methods = allMethods(comet, createAddressCodec('cosmos'), () => last);
const recorded: RecordedService[] = [];
for (const [path, request] of requests(hash, BigInt(height))) {
  rpc = [];
  const answer = await ask(path, request);
  last = BigInt(/current height (\d+)/.exec(answer.message ?? '')?.[1] ?? height);
  const mine = await methods
    .get(path)
    ?.answer(request)
    .then(
      (bytes) => ({ value: Buffer.from(bytes).toString('base64') }),
      (error: unknown) => ({ message: String(error) }),
    );
  if (
    mine !== undefined && 'value' in mine ? mine.value !== answer.value : !mine?.message.endsWith(answer.message ?? '?')
  ) {
    console.log(`${path}\n  simd ${JSON.stringify(answer)}\n  ours ${JSON.stringify(mine)}`);
  }
  recorded.push({ path, request: Buffer.from(request).toString('base64'), height: last.toString(), rpc, answer });
}
writeFileSync(outFile, `[\n${recorded.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`);
grpc.close();
