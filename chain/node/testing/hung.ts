import { setTimeout as sleep } from 'node:timers/promises';
import { Watchdog } from '../watchdog.ts';

/** A process under a watchdog that blocks its only thread in a block's hook, or (`busy`) for moments only. */
const [mode, seconds] = process.argv.slice(2);
const watchdog = Watchdog.start({
  seconds: Number(seconds),
  bindings: { chain: 'hung-1' },
  onLost: (how) => console.log(`lost: ${how}`),
});
console.log('started');

function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

switch (mode) {
  case 'block':
    await watchdog.during('FinalizeBlock of height 7', () => block(600_000));
    break;
  case 'genesis':
    await watchdog.during('!', () => block(3 * Number(seconds) * 1000));
    break;
  case 'busy':
    for (let turn = 0; turn < 10; turn++) {
      await watchdog.during(`FinalizeBlock of height ${turn}`, () => block(Number(seconds) * 100));
      await sleep(1);
    }
    break;
  default:
    await sleep(600_000);
}
await watchdog.stop();
console.log('done');
