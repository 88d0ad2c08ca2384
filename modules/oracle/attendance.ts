import type { Context } from '../../chain/context.ts';
import type { Attendance } from '../../proto/generated/infinet/oracle/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { pricesWithheld } from './events.ts';
import type { OracleSlashing } from './expected.ts';
import { MICRO } from './formulas.ts';
import { attendances, params, windowBlocks } from './state.ts';

const NANOS = 1_000_000_000n;

export function attendanceOf(ctx: Context, validator: Uint8Array): Attendance {
  return (
    attendances.get(ctx, validator) ?? {
      missed: 0n,
      windowMissed: 0n,
      penalties: 0n,
      refusedCode: 0,
      refusedHeight: 0n,
    }
  );
}

/** Counts a block that had a price; a full window is judged and the next one begins. */
export function countBlock(ctx: Context, slashing: OracleSlashing, addresses: AddressCodec): void {
  const { slashWindowBlocks } = params.require(ctx);
  if (slashWindowBlocks === 0n) return;
  const counted = (windowBlocks.get(ctx) ?? 0n) + 1n;
  if (counted >= slashWindowBlocks) judge(ctx, counted, slashing, addresses);
  windowBlocks.set(ctx, counted >= slashWindowBlocks ? 0n : counted);
}

/**
 * Punishes who left out more than the parameters bear. In each counted block more than 2/3 of the power gave a price, so
 * those who are absent nearly always together are little more than a third, and a network whose sources all fail loses
 * nobody.
 */
function judge(ctx: Context, blocks: bigint, slashing: OracleSlashing, addresses: AddressCodec): void {
  const { minPricedPpm, slashFractionPpm, jailSeconds } = params.require(ctx);
  for (const [validator, attendance] of [...attendances.walk(ctx)]) {
    if (attendance.windowMissed === 0n) continue;
    const priced = blocks - attendance.windowMissed;
    const guilty = priced * MICRO < blocks * minPricedPpm;
    const penalties = attendance.penalties + (guilty ? 1n : 0n);
    attendances.set(ctx, validator, { ...attendance, windowMissed: 0n, penalties });
    if (!guilty) continue;
    const jailNanos = jailSeconds * NANOS;
    slashing.punishSigner(ctx, validator, { fractionMicro: slashFractionPpm, reason: 'prices_withheld', jailNanos });
    const told = { validator: addresses.consensusText(validator), missed: attendance.windowMissed, blocks };
    ctx.log.emit(pricesWithheld.encode(told));
  }
}
