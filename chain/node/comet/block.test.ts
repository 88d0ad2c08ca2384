import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createAddressCodec } from '../../../sdk/address.ts';
import { messageOf } from '../../../sdk/codec/descriptors.ts';
import { baseTendermintQuery } from '../../../sdk/codec/index.ts';
import { writeJson } from '../../api/json/write.ts';
import { tendermintMethods } from '../services/tendermint.ts';

/** What Cosmos SDK 0.50.9 makes of blocks with evidence (`test/differential/peer/evidence`), and the RPC of two CometBFTs. */
const vectors: readonly { name: string; comet: string; rpc: unknown; grpc: string; rest: string }[] = gunzipSync(
  readFileSync(new URL('testing/attacks.jsonl.gz', import.meta.url)),
)
  .toString('utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

async function ask(rpc: unknown): Promise<Uint8Array> {
  const methods = tendermintMethods({
    comet: { call: async () => rpc },
    addresses: createAddressCodec('cosmos'),
    version: '',
    height: () => 30n,
    query: () => {
      throw new Error('not asked here');
    },
  });
  const method = methods.find(({ path }) => path.endsWith('/GetBlockByHeight'));
  const request = baseTendermintQuery.GetBlockByHeightRequest.encode({ height: 30n }).finish();
  return (await method?.answer(request)) ?? new Uint8Array();
}

test.each(vectors.map((vector) => [vector.comet, vector.name, vector] as const))(
  'CometBFT %s, %s: shown as the SDK shows it',
  async (_, _name, vector) => {
    const answer = await ask(vector.rpc);
    expect(Buffer.from(answer).toString('hex')).toBe(vector.grpc);
    const type = messageOf('/cosmos.base.tendermint.v1beta1.GetBlockByHeightResponse');
    expect(type && writeJson(type, answer)).toBe(vector.rest);
  },
);

test('evidence of an unknown kind is no block', async () => {
  const text = JSON.stringify(vectors[0]?.rpc).replace('tendermint/LightClientAttackEvidence', 'tendermint/Other');
  await expect(ask(JSON.parse(text))).rejects.toThrow();
});
