/**
 * `npm run test:differential`: runs the script against a real simd and against our state machine, and prints every
 * answer that differs. Ends with 1 if one of them is not in the list of wanted differences.
 *   --seed N     seed of the random part (default 1)
 *   --random N   number of random txs (default 300)
 *   --freeze     writes simd's answers to frozen/, which CI compares with
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compare } from './compare.ts';
import { sortOut } from './differences.ts';
import { simdState } from './genesis.ts';
import { ours } from './ours.ts';
import { packRecording, type Recording } from './recording.ts';
import { script } from './script.ts';
import { Simd } from './simd.ts';
import { World } from './world.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    random: { type: 'string', default: '300' },
    freeze: { type: 'boolean', default: false },
  },
});

const recording = await record(Number(values.seed), Number(values.random));
if (values.freeze) {
  const folder = new URL('./frozen/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('simd.json.gz', folder), packRecording(recording));
}
const { compared, differences } = await compare(recording, ours());
const { unwanted, counts } = sortOut(differences);
for (const { kind, name, field, theirs, ours: mine, answer } of unwanted) {
  console.log(`${kind} | ${name} | ${field} (${answer})\n   simd: ${theirs}\n   ours: ${mine}`);
}
for (const [reason, count] of counts) console.log(`wanted, ${count} times: ${reason}`);
console.log(JSON.stringify({ compared, wanted: differences.length - unwanted.length, unwanted: unwanted.length }));
if (unwanted.length > 0) process.exitCode = 1;

async function record(seed: number, randomTxs: number): Promise<Recording> {
  const simd = await Simd.start();
  try {
    const world = new World(simd);
    await world.start(simdState(simd.defaults));
    await script(world, seed, randomTxs);
    return { peer: 'simd 0.50.9', entries: world.entries };
  } finally {
    await simd.close();
  }
}
