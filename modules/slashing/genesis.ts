import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import type { ZeroHeight } from '../../chain/module.ts';
import { fromTimestamp, jsonTime, parseTime, toTimestamp } from '../../chain/time.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { bitsOf, chunkBits, locate, withBit } from './bitmap.ts';
import type { SlashingStaking } from './expected.ts';
import type { SlashingKeeper } from './keeper.ts';
import { readParams, toParamsJson } from './params.ts';
import type { SigningInfo, SlashingState } from './state.ts';

export interface GenesisParts {
  readonly state: SlashingState;
  readonly keeper: SlashingKeeper;
  readonly staking: SlashingStaking;
  readonly addresses: AddressCodec;
}

/**
 * Reads `app_state.slashing` in the SDK's JSON form. Validators that the genesis lists as bonded need not be listed again.
 */
export function initSlashingGenesis(
  ctx: Context,
  value: unknown,
  { state, keeper, staking, addresses }: GenesisParts,
): void {
  const root = new JsonNode(value, 'app_state.slashing');
  state.params.set(ctx, readParams(root.field('params')));
  for (const node of root.field('signing_infos').list()) {
    const text = node.field('address').text();
    const address = node.field('address').read(() => addresses.consensus(text));
    state.signingInfos.set(
      ctx,
      address,
      readInfo(node.field('validator_signing_info'), addresses.consensusText(address)),
    );
  }
  for (const node of root.field('missed_blocks').list()) {
    const address = node.field('address').read(() => addresses.consensus(node.field('address').text()));
    for (const missed of node.field('missed_blocks').list()) {
      const { chunk, bit } = locate(missed.field('index').u64(0n));
      if (!missed.field('missed').flagOr(false)) continue;
      state.missedBlocks.set(ctx, [address, chunk], withBit(state.missedBlocks.get(ctx, [address, chunk]), bit, true));
    }
  }
  for (const validator of staking.validators(ctx)) keeper.keepKey(ctx, validator);
  for (const { consensusAddress } of staking.bondedValidators(ctx)) {
    if (!state.signingInfos.has(ctx, consensusAddress)) keeper.validatorBonded(ctx, consensusAddress);
  }
}

export function exportSlashingGenesis(ctx: Context, state: SlashingState): unknown {
  const signingInfos = [...state.signingInfos.walk(ctx)].map(([, info]) => ({
    address: info.address,
    validator_signing_info: infoJson(info),
  }));
  const missedBlocks = [...state.signingInfos.walk(ctx)].map(([address, info]) => ({
    address: info.address,
    missed_blocks: state
      .missedOf(ctx, address)
      .flatMap(([chunk, bytes]) => bitsOf(bytes).map((bit) => (chunk * chunkBits + BigInt(bit)).toString()))
      .map((index) => ({ index, missed: true })),
  }));
  return { params: toParamsJson(state.params.require(ctx)), signing_infos: signingInfos, missed_blocks: missedBlocks };
}

/** Heights of a chain that begins at 1 again. */
export function beginAnew(ctx: Context, { past }: ZeroHeight, state: SlashingState): void {
  for (const [address, info] of [...state.signingInfos.walk(ctx)]) {
    state.signingInfos.set(ctx, address, { ...info, startHeight: past(info.startHeight) });
  }
}

function readInfo(node: JsonNode, address: string): SigningInfo {
  const until = node.field('jailed_until');
  return {
    address,
    startHeight: node.field('start_height').u64(0n),
    indexOffset: node.field('index_offset').u64(0n),
    jailedUntil: toTimestamp(until.isAbsent ? 0n : until.read(() => parseTime(until.text()))),
    tombstoned: node.field('tombstoned').flagOr(false),
    missedBlocksCounter: node.field('missed_blocks_counter').u64(0n),
  };
}

function infoJson(info: SigningInfo): unknown {
  return {
    address: info.address,
    start_height: info.startHeight.toString(),
    index_offset: info.indexOffset.toString(),
    jailed_until: jsonTime(fromTimestamp(info.jailedUntil)),
    tombstoned: info.tombstoned,
    missed_blocks_counter: info.missedBlocksCounter.toString(),
  };
}
