import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createAddressCodec } from '../../../sdk/address.ts';
import { baseReflection, cometTypes, baseTendermintQuery as tendermint } from '../../../sdk/codec/index.ts';
import { GrpcError } from '../../app/grpcStatus.ts';
import { blockShape } from '../comet/shapes.ts';
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

test('evidence of a double vote in a block is shown with both votes', () => {
  const [block] = recorded.flatMap(({ rpc }) => rpc.filter(({ method }) => method === 'block'));
  const text = JSON.stringify(block?.result);
  const id = { hash: 'AB', parts: { total: 1, hash: 'CD' } };
  const vote = {
    ...{ type: 2, height: '7', round: 1, block_id: id, timestamp: '2026-01-01T00:00:00.5Z', validator_address: '0102' },
    ...{ validator_index: 3, signature: 'AQI=' },
  };
  const value = {
    vote_a: vote,
    vote_b: vote,
    TotalVotingPower: '9',
    ValidatorPower: '4',
    Timestamp: '2026-01-01T00:00:00Z',
  };
  const evidence = [
    { type: 'tendermint/DuplicateVoteEvidence', value },
    { type: 'tendermint/LightClientAttackEvidence', value: {} },
  ];
  const parsed = blockShape.parse(JSON.parse(text.replace('"evidence":[]', `"evidence":${JSON.stringify(evidence)}`)));
  const [double, attack] = parsed.block.evidence.evidence ?? [];
  expect(attack).toEqual({});
  const found = double !== undefined && 'duplicateVoteEvidence' in double ? double.duplicateVoteEvidence : undefined;
  expect(found?.validatorPower).toBe(4n);
  expect(found?.voteA).toEqual(
    cometTypes.Vote.fromPartial({
      ...{ type: 2, height: 7n, round: 1, validatorIndex: 3 },
      blockId: { hash: Uint8Array.of(0xab), partSetHeader: { total: 1, hash: Uint8Array.of(0xcd) } },
      timestamp: { seconds: 1_767_225_600n, nanos: 500_000_000 },
      validatorAddress: Uint8Array.of(1, 2),
      signature: Uint8Array.of(1, 2),
    }),
  );
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
