import type { ValueCodec } from '../../chain/collections/values.ts';
import type { JsonNode } from '../../chain/json/node.ts';
import { Dec } from '../../chain/math/dec.ts';
import { fromTimestamp, jsonDuration, parseDuration, toTimestamp } from '../../chain/time.ts';
import { slashing } from '../../sdk/codec/index.ts';

export interface SlashingParams {
  /** Blocks over which presence is counted. */
  readonly signedBlocksWindow: bigint;
  readonly minSignedPerWindow: Dec;
  /** Nanoseconds. */
  readonly downtimeJailDuration: bigint;
  /** Share of the stake behind a double signature that is burned. */
  readonly slashFractionDoubleSign: Dec;
  readonly slashFractionDowntime: Dec;
}

/** The SDK's. */
const defaults: SlashingParams = {
  signedBlocksWindow: 100n,
  minSignedPerWindow: Dec.parse('0.5'),
  downtimeJailDuration: 600_000_000_000n,
  slashFractionDoubleSign: Dec.parse('0.05'),
  slashFractionDowntime: Dec.parse('0.01'),
};

export function paramsProto(params: SlashingParams): slashing.Params {
  return {
    signedBlocksWindow: params.signedBlocksWindow,
    minSignedPerWindow: decBytes(params.minSignedPerWindow),
    downtimeJailDuration: toTimestamp(params.downtimeJailDuration),
    slashFractionDoubleSign: decBytes(params.slashFractionDoubleSign),
    slashFractionDowntime: decBytes(params.slashFractionDowntime),
  };
}

/** Throws a `RangeError` where a fraction is no number. */
export function readParamsProto(proto: slashing.Params): SlashingParams {
  return {
    signedBlocksWindow: proto.signedBlocksWindow,
    minSignedPerWindow: readDec(proto.minSignedPerWindow),
    downtimeJailDuration: fromTimestamp(proto.downtimeJailDuration),
    slashFractionDoubleSign: readDec(proto.slashFractionDoubleSign),
    slashFractionDowntime: readDec(proto.slashFractionDowntime),
  };
}

export const paramsValue: ValueCodec<SlashingParams> = {
  write: (params) => slashing.Params.encode(paramsProto(params)).finish(),
  read: (bytes) => readParamsProto(slashing.Params.decode(bytes)),
};

/** Blocks of a window that must be signed, rounded half to even. */
export function leastSigned({ minSignedPerWindow, signedBlocksWindow }: SlashingParams): bigint {
  return minSignedPerWindow.mulInt(signedBlocksWindow).roundInt();
}

/** What x/slashing says about parameters that cannot be (types/params.go), undefined about good ones. */
export function paramsProblem(params: SlashingParams): string | undefined {
  const { signedBlocksWindow, downtimeJailDuration } = params;
  if (signedBlocksWindow <= 0n) return `signed blocks window must be positive: ${signedBlocksWindow}`;
  const signed = fractionProblem('min signed per window', params.minSignedPerWindow);
  if (signed !== undefined) return signed;
  if (downtimeJailDuration <= 0n)
    return `downtime jail duration must be positive: ${jsonDuration(downtimeJailDuration)}`;
  return (
    fractionProblem('double sign slash fraction', params.slashFractionDoubleSign) ??
    fractionProblem('downtime slash fraction', params.slashFractionDowntime)
  );
}

function fractionProblem(name: string, value: Dec): string | undefined {
  if (value.isNegative) return `${name} cannot be negative: ${value}`;
  return value.greaterThan(Dec.one) ? `${name} too large: ${value}` : undefined;
}

/** Reads the SDK's JSON; without it the SDK's defaults hold. Throws with the path of what is wrong. */
export function readParams(node: JsonNode): SlashingParams {
  if (node.isAbsent) return defaults;
  const duration = node.field('downtime_jail_duration');
  const params = {
    signedBlocksWindow: node.field('signed_blocks_window').u64(),
    minSignedPerWindow: fraction(node.field('min_signed_per_window')),
    downtimeJailDuration: duration.read(() => parseDuration(duration.text())),
    slashFractionDoubleSign: fraction(node.field('slash_fraction_double_sign')),
    slashFractionDowntime: fraction(node.field('slash_fraction_downtime')),
  };
  if (params.signedBlocksWindow === 0n) node.field('signed_blocks_window').fail('must be positive');
  if (params.downtimeJailDuration <= 0n) duration.fail('must be positive');
  return params;
}

export function toParamsJson(params: SlashingParams): unknown {
  return {
    signed_blocks_window: params.signedBlocksWindow.toString(),
    min_signed_per_window: params.minSignedPerWindow.toString(),
    downtime_jail_duration: jsonDuration(params.downtimeJailDuration),
    slash_fraction_double_sign: params.slashFractionDoubleSign.toString(),
    slash_fraction_downtime: params.slashFractionDowntime.toString(),
  };
}

function fraction(node: JsonNode): Dec {
  const value = node.dec();
  return value.isNegative || value.greaterThan(Dec.one) ? node.fail('must be between 0 and 1') : value;
}

/** A decimal in a field of type bytes: the digits of its atoms. */
function decBytes(value: Dec): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toAtomsText(), 'latin1'));
}

function readDec(bytes: Uint8Array): Dec {
  return Dec.parseAtoms(Buffer.from(bytes).toString('latin1'));
}
