import type { Params } from '../../proto/generated/infinet/verification/v1/types.ts';

/** What a network starts with unless its genesis says otherwise; blocks of about a second, 6 decimals. */
export const defaultParams: Params = {
  seats: 3,
  minSeats: 1,
  unitsPerSeat: 22,
  ackWindow: 60n,
  commitWindow: 1200n,
  revealWindow: 60n,
  challengeWindow: 600n,
  runWindow: 86_400n,
  disputeMoveWindow: 60n,
  maxRedraws: 2,
  keyDelay: 100n,
  minRunStake: '100000000',
  minDisputeBond: '1000000',
  gflopPriceMicro: '1000000',
  maxUnitFlop: 1_000_000_000_000n,
  maxUnits: 1_000_000n,
  lateRunForfeitPpm: 100_000n,
  challengerSharePpm: 500_000n,
  falseValidSlashPpm: 10_000n,
  operatorCapPpm: 200_000n,
  maxOpenDisputes: 1_024,
  dataSeats: 5,
  escalatedSeats: 21,
};

/** Says what is wrong with parameters, naming the field as genesis does; undefined when they are sound. */
export function paramsProblem(params: Params): string | undefined {
  for (const [field, value] of positives(params)) {
    if (value <= 0n) return `${field} must be positive`;
  }
  for (const [field, value] of shares(params)) {
    if (value > 1_000_000n) return `${field} is a share in 10^-6 and must be at most 1000000`;
  }
  for (const [field, value] of amounts(params)) {
    if (!/^(0|[1-9]\d{0,76})$/.test(value)) return `${field} is not an amount`;
  }
  if (params.minSeats > params.seats) return 'min_seats is larger than seats';
  if (params.seats > 64) return 'seats is larger than 64';
  if (params.dataSeats < params.minSeats) return 'min_seats is larger than data_seats';
  if (params.dataSeats > 64) return 'data_seats is larger than 64';
  if (params.escalatedSeats > 64) return 'escalated_seats is larger than 64';
  if (params.unitsPerSeat > 10_000) return 'units_per_seat is larger than 10000';
  if (params.operatorCapPpm === 0n) return 'operator_cap_ppm must be positive';
  return undefined;
}

function positives(params: Params): [string, bigint][] {
  return [
    ['seats', BigInt(params.seats)],
    ['min_seats', BigInt(params.minSeats)],
    ['ack_window', params.ackWindow],
    ['commit_window', params.commitWindow],
    ['reveal_window', params.revealWindow],
    ['challenge_window', params.challengeWindow],
    ['run_window', params.runWindow],
    ['dispute_move_window', params.disputeMoveWindow],
    ['max_unit_flop', params.maxUnitFlop],
    ['max_units', params.maxUnits],
    ['max_open_disputes', BigInt(params.maxOpenDisputes)],
  ];
}

function shares(params: Params): [string, bigint][] {
  return [
    ['late_run_forfeit_ppm', params.lateRunForfeitPpm],
    ['challenger_share_ppm', params.challengerSharePpm],
    ['false_valid_slash_ppm', params.falseValidSlashPpm],
    ['operator_cap_ppm', params.operatorCapPpm],
  ];
}

function amounts(params: Params): [string, string][] {
  return [
    ['min_run_stake', params.minRunStake],
    ['min_dispute_bond', params.minDisputeBond],
    ['gflop_price_micro', params.gflopPriceMicro],
  ];
}
