/**
 * `npm run test:differential`: runs a script against a real chain of the Cosmos SDK and against our state machine, and prints
 * every answer that differs. Ends with 1 if one of them is not in the list of wanted differences.
 *   --peer NAME  simd (default), or sdk: its modules that we have too and no others, so that gas of staking compares as well
 *   --random     random txs from the seed instead of the written cases
 *   --seed N     seed (default 1)
 *   --steps N    number of random txs (default 300)
 *   --freeze     writes the peer's answers to frozen/, which CI compares with
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { compare } from './compare.ts';
import { sortOut } from './differences.ts';
import { peerState, simdState } from './genesis.ts';
import { randomMix } from './mix/mix.ts';
import { ours, type Peer } from './ours.ts';
import { packRecording, type Recording } from './recording.ts';
import { script, stakingScript } from './script.ts';
import { startSdkPeer, startSimd } from './simd.ts';
import { World } from './world.ts';

const { values } = parseArgs({
  options: {
    peer: { type: 'string', default: 'simd' },
    random: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '300' },
    freeze: { type: 'boolean', default: false },
  },
});
const peer = z.enum(['simd', 'sdk']).parse(values.peer);
const [seed, steps] = [values.seed, values.steps].map((text) => z.coerce.number().int().nonnegative().parse(text));

const recording = await record(peer, seed ?? 1, steps ?? 300);
if (values.freeze) {
  const folder = new URL('./frozen/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${peer}${values.random ? '-mix' : ''}.json.gz`, folder), packRecording(recording));
}
const chain = ours(peer);
const { compared, differences } = await compare(recording, chain);
await chain.close();
const { unwanted, counts } = sortOut(differences, peer);
for (const { kind, name, field, theirs, ours: mine, answer } of unwanted) {
  console.log(`${kind} | ${name} | ${field} (${answer})\n   ${peer}: ${theirs}\n   ours: ${mine}`);
}
for (const [reason, count] of counts) console.log(`wanted, ${count} times: ${reason}`);
console.log(JSON.stringify({ compared, wanted: differences.length - unwanted.length, unwanted: unwanted.length }));
if (unwanted.length > 0) process.exitCode = 1;

async function record(name: Peer, from: number, randomTxs: number): Promise<Recording> {
  const { chain: remote, state } = name === 'simd' ? await simd() : { chain: await startSdkPeer(), state: peerState() };
  try {
    const world = new World(remote);
    await world.start(state);
    if (values.random) await randomMix(world, from, randomTxs);
    else await (name === 'simd' ? script : stakingScript)(world, from, randomTxs);
    return { peer: `${name} 0.50.9`, entries: world.entries };
  } finally {
    await remote.close();
  }
}

async function simd() {
  const { chain: remote, defaults } = await startSimd();
  return { chain: remote, state: simdState(defaults) };
}
