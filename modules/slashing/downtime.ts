import type { Context } from '../../chain/context.ts';
import type { CommitVote } from '../../chain/module.ts';
import { toTimestamp } from '../../chain/time.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { hasBit, locate, withBit } from './bitmap.ts';
import { downtimeSlash, liveness } from './events.ts';
import type { SlashingStaking } from './expected.ts';
import type { SlashingKeeper } from './keeper.ts';
import { leastSigned, type SlashingParams } from './params.ts';
import type { SigningInfo, SlashingState } from './state.ts';

export interface DowntimeParts {
  readonly state: SlashingState;
  readonly keeper: SlashingKeeper;
  readonly staking: SlashingStaking;
  readonly addresses: AddressCodec;
  /** Hears who was jailed for absence. */
  readonly report: (text: string) => void;
}

/** A commit is that of the block before, and its set follows from stake two blocks earlier still. */
const distributionDelay = 2n;

/**
 * Counts who was there at the last block, and burns and jails whoever missed too much of its window
 * (x/slashing/keeper/infractions.go). Jailed and unknown validators are not counted.
 */
export function countSignatures(ctx: Context, votes: readonly CommitVote[], parts: DowntimeParts): void {
  const params = parts.state.params.require(ctx);
  for (const vote of votes) {
    const validator = parts.staking.validatorByConsensusAddress(ctx, vote.validator);
    if (validator === undefined || validator.jailed) continue;
    countOne(ctx, vote, validator.operator, params, parts);
  }
}

function countOne(
  ctx: Context,
  vote: CommitVote,
  operator: Uint8Array,
  params: SlashingParams,
  parts: DowntimeParts,
): void {
  const { state, keeper, addresses } = parts;
  const counted = countBlock(ctx, vote, keeper.infoOf(ctx, vote.validator), params.signedBlocksWindow, state);
  const address = addresses.consensusText(vote.validator);
  if (vote.absent) {
    const missed = counted.missedBlocksCounter;
    ctx.log.emit(liveness.encode({ address, missed_blocks: missed, height: ctx.block.height }));
  }
  const isOver = ctx.block.height > counted.startHeight + params.signedBlocksWindow;
  const allowed = params.signedBlocksWindow - leastSigned(params);
  if (!isOver || counted.missedBlocksCounter <= allowed) {
    state.signingInfos.set(ctx, vote.validator, counted);
    return;
  }
  jailForAbsence(ctx, vote, operator, params, parts);
  state.signingInfos.set(ctx, vote.validator, {
    ...counted,
    jailedUntil: toTimestamp(ctx.block.time + params.downtimeJailDuration),
    // It begins with a clean window when it is back.
    missedBlocksCounter: 0n,
    indexOffset: 0n,
  });
  state.forgetMissed(ctx, vote.validator);
}

/** Writes one place of the window and keeps the count of misses in step. */
function countBlock(
  ctx: Context,
  { validator, absent }: CommitVote,
  info: SigningInfo,
  window: bigint,
  { missedBlocks }: SlashingState,
): SigningInfo {
  const { chunk, bit } = locate(info.indexOffset % window);
  const bytes = missedBlocks.get(ctx, [validator, chunk]);
  const before = hasBit(bytes, bit);
  if (before !== absent) missedBlocks.set(ctx, [validator, chunk], withBit(bytes, bit, absent));
  const change = before === absent ? 0n : absent ? 1n : -1n;
  return {
    ...info,
    indexOffset: info.indexOffset + 1n,
    missedBlocksCounter: info.missedBlocksCounter + change,
  };
}

function jailForAbsence(
  ctx: Context,
  { validator, power }: CommitVote,
  operator: Uint8Array,
  { slashFractionDowntime }: SlashingParams,
  { staking, addresses, report }: DowntimeParts,
): void {
  const faultHeight = ctx.block.height - distributionDelay;
  const burned = staking.slashPower(ctx, operator, faultHeight, power, slashFractionDowntime);
  const address = addresses.consensusText(validator);
  ctx.log.emit(
    downtimeSlash.encode({ address, power, reason: 'missing_signature', jailed: address, burned_coins: burned }),
  );
  staking.jail(ctx, operator);
  report(`jailed ${address} for absence`);
}
