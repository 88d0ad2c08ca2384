import { pino } from 'pino';
import type { Logger } from '../logger.ts';
import type { Config } from './config.ts';

/** JSON lines on standard output, one object each, time as ISO 8601. Writes at once, so that a crash loses none. */
export function createLogger(level: Config['log_level'], bindings: Readonly<Record<string, string>>): Logger {
  return pino(
    {
      level,
      base: bindings,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 1, sync: true }),
  );
}
