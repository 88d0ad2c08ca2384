import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createAddressCodec } from '../../../sdk/address.ts';
import { baseReflection, baseTendermintQuery as tendermint } from '../../../sdk/codec/index.ts';
import { GrpcError } from '../../app/grpcStatus.ts';
import { type RecordedService, replayComet } from './testing/replay.ts';
import { allMethods } from './testing/requests.ts';

/** What `simd` v0.50.9 answered, and what its CometBFT says to the questions that ours ask (`testing/recordSimd.ts`). */
const recorded: readonly RecordedService[] = JSON.parse(
  readFileSync(new URL('testing/simd.json', import.meta.url), 'utf8'),
);
const cosmos = createAddressCodec('cosmos');

describe('over the same CometBFT, byte for byte what simd answers to', () => {
  test.each(recorded.map((entry, index) => [`${index} ${entry.path}`, entry] as const))('%s', async (_name, entry) => {
    const method = allMethods(replayComet(entry), cosmos, () => BigInt(entry.height)).get(entry.path);
    const outcome = await method?.answer(Buffer.from(entry.request, 'base64')).then(
      (bytes) => ({ value: Buffer.from(bytes).toString('base64') }),
      (error: unknown) => (error instanceof GrpcError ? { code: error.code, message: error.message } : error),
    );
    expect(outcome).toEqual(entry.answer);
  });
});

test('the interfaces of Any and what stands for them are listed from the descriptors', async () => {
  const methods = allMethods({ call: () => Promise.reject(new Error('not asked')) }, cosmos, () => 1n);
  const request = baseReflection.ListImplementationsRequest.encode({ interfaceName: 'cosmos.crypto.PubKey' }).finish();
  const bytes = await methods
    .get('/cosmos.base.reflection.v1beta1.ReflectionService/ListImplementations')
    ?.answer(request);
  const { implementationMessageNames } = baseReflection.ListImplementationsResponse.decode(bytes ?? new Uint8Array());
  expect(implementationMessageNames).toContain('/cosmos.crypto.secp256k1.PubKey');
});

test('when CometBFT is not there the answer says so', async () => {
  const { cometClient } = await import('../comet/client.ts');
  const methods = allMethods(cometClient('http://127.0.0.1:9', 1000), cosmos, () => 1n);
  const request = tendermint.GetSyncingRequest.encode({}).finish();
  const answer = methods.get('/cosmos.base.tendermint.v1beta1.Service/GetSyncing')?.answer(request);
  await expect(answer).rejects.toThrow('CometBFT does not answer');
});
