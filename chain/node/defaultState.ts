/**
 * What our own modules begin with on a new chain: the parts of `app_state` that `buildGenesis` takes as `modules`.
 * Times in blocks unless the name says otherwise.
 */
export function defaultAppState(): Record<string, unknown> {
  return {
    oracle: {
      params: {
        symbols: ['BTC'],
        window_seconds: '3600',
        max_change_ppm: '100000',
        max_age_seconds: '600',
        min_coverage_ppm: '500000',
        event_change_ppm: '10000',
        event_blocks: '100',
      },
    },
    beacon: { params: { window_blocks: '6', rotation_rounds: '100', history_rounds: '10000' } },
  };
}
