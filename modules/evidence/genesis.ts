import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import { fromTimestamp, jsonTime, parseTime, toTimestamp } from '../../chain/time.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { evidence } from '../../sdk/codec/index.ts';
import { equivocationType, evidences, hashOf, packed } from './state.ts';

/** Reads `app_state.evidence` in the SDK's JSON form. */
export function initGenesis(ctx: Context, value: unknown, addresses: AddressCodec): void {
  for (const node of new JsonNode(value, 'app_state.evidence').field('evidence').list()) {
    const type = node.field('@type');
    if (type.text() !== equivocationType) type.fail(`not ${equivocationType}`);
    const address = node.field('consensus_address');
    const time = node.field('time');
    const any = packed({
      height: positive(node.field('height')),
      time: toTimestamp(time.read(() => parseTime(time.text()))),
      power: positive(node.field('power')),
      consensusAddress: address.read(() => addresses.consensusText(addresses.consensus(address.text()))),
    });
    if (evidences.has(ctx, hashOf(any))) node.fail('stands there twice');
    evidences.set(ctx, hashOf(any), any);
  }
}

export function exportGenesis(ctx: Context): unknown {
  const list = [...evidences.walk(ctx)].map(([, any]) => {
    const { height, time, power, consensusAddress } = evidence.Equivocation.decode(any.value);
    return {
      '@type': equivocationType,
      height: height.toString(),
      time: jsonTime(fromTimestamp(time)),
      power: power.toString(),
      consensus_address: consensusAddress,
    };
  });
  return { evidence: list };
}

function positive(node: JsonNode): bigint {
  const value = node.u64();
  return value > 0n ? value : node.fail('must be positive');
}
