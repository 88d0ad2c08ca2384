/** What sets a public chain apart from a network on one machine, where everything has to happen within seconds. */
interface Pace {
  readonly localnet: boolean;
  readonly oracleWindowSeconds: string;
  /** Blocks with a price over which absence from prices is judged. */
  readonly oracleSlashWindow: string;
  readonly beaconWindowBlocks: string;
  /** Rounds that misses are counted over, and how many of them are borne. */
  readonly beaconPenalties: Readonly<Record<string, string>>;
  readonly appealWindowBlocks: string;
  /** From the first contribution that waits to the valuation of all that wait. */
  readonly valuationBlocks: string;
  readonly epochSeconds: string;
  /** uinf that an epoch pays at most before the first halving. */
  readonly baseCap: bigint;
  /** Windows of verification in blocks; left out: the module's defaults. */
  readonly verification?: Readonly<Record<string, string | number>>;
}

const publicPace: Pace = {
  localnet: false,
  oracleWindowSeconds: '3600',
  oracleSlashWindow: '10000',
  beaconWindowBlocks: '6',
  beaconPenalties: { penalty_window_rounds: '100', free_misses: '3', jail_misses: '20', overdue_windows: '10' },
  appealWindowBlocks: '7200',
  valuationBlocks: '3600',
  epochSeconds: '3600',
  // With a supply of 10^15 uinf half of it is scheduled after four years of hours.
  baseCap: 14_250_000_000n,
};

const localnetPace: Pace = {
  localnet: true,
  oracleWindowSeconds: '30',
  oracleSlashWindow: '1000',
  beaconWindowBlocks: '4',
  // Machines under test are stopped and started all the time.
  beaconPenalties: { penalty_window_rounds: '1000', free_misses: '200', jail_misses: '800', overdue_windows: '20' },
  appealWindowBlocks: '6',
  valuationBlocks: '4',
  epochSeconds: '30',
  baseCap: 1_000_000_000n,
  verification: {
    ack_window: '6',
    commit_window: '60',
    reveal_window: '6',
    challenge_window: '20',
    run_window: '600',
    dispute_move_window: '10',
    key_delay: '1',
    operator_cap_ppm: '1000000',
  },
};

/**
 * What our own modules begin with: the parts of `app_state` that `buildGenesis` takes as `modules`. A chain that wants
 * other values replaces them there.
 *
 * @param denom the coin that deposits, stakes and rewards are in, its smallest unit
 */
export function defaultAppState(denom: string): Record<string, unknown> {
  return appState(denom, publicPace);
}

/** The same for a network on one machine: epochs of 30 seconds, windows of a few blocks. */
export function localnetAppState(denom: string): Record<string, unknown> {
  return appState(denom, localnetPace);
}

function appState(denom: string, pace: Pace): Record<string, unknown> {
  const cap = pace.baseCap;
  return {
    oracle: {
      params: {
        symbols: ['BTC'],
        window_seconds: pace.oracleWindowSeconds,
        max_change_ppm: '100000',
        max_age_seconds: '600',
        min_coverage_ppm: '500000',
        event_change_ppm: '10000',
        event_blocks: '100',
        slash_window_blocks: pace.oracleSlashWindow,
        min_priced_ppm: '50000',
        slash_fraction_ppm: '100',
        jail_seconds: '600',
      },
    },
    slashing: {
      params: {
        signed_blocks_window: '10000',
        min_signed_per_window: '0.05',
        downtime_jail_duration: '600s',
        slash_fraction_double_sign: '0.05',
        slash_fraction_downtime: '0.0001',
      },
    },
    beacon: {
      params: {
        window_blocks: pace.beaconWindowBlocks,
        rotation_rounds: '100',
        history_rounds: '10000',
        ...pace.beaconPenalties,
        slash_fraction_ppm: '100',
        jail_seconds: '600',
      },
    },
    contribution: {
      params: {
        min_deposit: { denom, amount: '1000000' },
        min_objective_bond: { denom, amount: '10000000' },
        appeal_window_blocks: pace.appealWindowBlocks,
      },
    },
    verification: pace.verification === undefined ? {} : { params: pace.verification },
    valuation: { params: { round_blocks: pace.valuationBlocks } },
    rewards: {
      params: {
        localnet: pace.localnet,
        epoch_seconds: pace.epochSeconds,
        max_supply: '1000000000000000',
        base_cap: cap.toString(),
        target_value: cap.toString(),
        reserve_bound: cap.toString(),
        reserve_ceiling: (720n * cap).toString(),
        stale_epochs: '6',
        index: [{ symbol: 'BTC', weight_ppm: '1000000' }],
        streams: [
          // A round that tells all there is to know, of as many rows as usual, weighs one: it may take the whole stream.
          stream('data', '300000', (3n * cap) / 10n),
          stream('model', '250000', cap / 10n),
          stream('compute', '100000', cap / 10n),
          stream('expertise', '50000', cap / 10n),
          stream('verifiers', '150000', cap / 1000n),
          stream('stakers', '100000', 0n),
          stream('community', '50000', 0n),
        ],
        verifier_allowance: (cap / 100n).toString(),
        verifier_fee_multiple_ppm: '1000000',
      },
    },
  };
}

/** @param rate most uinf for a weight of 10^6 (verifiers: for a task) in an epoch */
function stream(name: string, share_ppm: string, rate: bigint) {
  return { name, share_ppm, rate: rate.toString() };
}
