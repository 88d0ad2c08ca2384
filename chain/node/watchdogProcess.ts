import { readFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { beatMs, Silence } from './silence.ts';

/**
 * A process of its own, so that it runs while infinetd is stopped or its only thread hangs. Standard input carries a line a
 * beat: what is under way, or `!` before which time nothing is due. It ends with infinetd, whose end closes that input.
 */
const [pid = 0, seconds = 0] = process.argv.slice(2, 4).map(Number);
const bindings = process.argv[4] ?? '{}';
const periodMs = beatMs(seconds);
const silence = new Silence(periodMs, performance.now());
let underWay = '';
let excused = false;

// Ctrl-C and a service manager may reach the whole group: infinetd decides when this ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

createInterface({ input: process.stdin })
  .on('line', (line) => {
    silence.heard();
    excused = line === '!';
    underWay = line;
  })
  .on('close', () => process.exit(0));

setInterval(() => {
  const milliseconds = silence.turn(performance.now());
  if (excused || milliseconds < seconds * 1000) return;
  // Another parent means that the process of this number is not ours any more.
  if (process.ppid !== pid) process.exit(0);
  report(Math.round(milliseconds / 1000));
  process.kill(pid, 'SIGKILL');
  process.exit(0);
}, periodMs);

function report(silentSeconds: number): void {
  const line = {
    level: 'fatal',
    time: new Date().toISOString(),
    ...JSON.parse(bindings),
    silentSeconds,
    underWay: underWay === '' ? 'none of the blocks: a query, a check of a tx, or nothing' : underWay,
    process: processState(),
    msg: 'infinetd hangs and is ended: a restart goes on from the last commit (watchdog_seconds of infinet.toml)',
  };
  try {
    writeSync(1, `${JSON.stringify(line)}\n`);
  } catch {
    // Nobody reads the log, which may be what it hangs on.
  }
}

/** As Linux tells it, `T (stopped)` or `R (running)`; elsewhere unknown. */
function processState(): string {
  try {
    return /^State:\s*(.+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
