import { parseArgs } from 'node:util';
import { defaultParams } from '../modules/verification/params.ts';
import { disputeSize } from '../training/admit.ts';
import { digitsSpec, smallSpec, syntheticData } from '../training/testing/fixtures.ts';
import type { Attack } from '../verifier/testing/attacks/attack.ts';
import { audit, honestClaim, Settings } from '../verifier/testing/attacks/audit.ts';
import { corpus } from '../verifier/testing/attacks/corpus.ts';
import { playDispute } from '../verifier/testing/attacks/dispute.ts';
import { type Benchmark, type Figures, rounded, type Say } from './bench.ts';
import { compareWork, overheads, scaling } from './verification/costs.ts';
import { nets } from './verification/nets.ts';

const protocol = { seats: defaultParams.seats, unitsPerSeat: defaultParams.unitsPerSeat };

/** What became of all claims of one attack. */
interface Tally {
  claims: number;
  caught: number;
  bad: number;
  badCaught: number;
}

async function run(say: Say): Promise<Figures> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      seeds: { type: 'string', default: '100' },
      steps: { type: 'string', default: '10000' },
      'costs-only': { type: 'boolean', default: false },
    },
  });
  if (values['costs-only']) return await costs(say, Number(values.steps));
  const attacked = await attackAll(say, Number(values.seeds));
  const disputed = disputeAll(say);
  return { ...attacked, ...disputed, ...(await costs(say, Number(values.steps))) };
}

/** What checking costs beside training, and what committing does. */
async function costs(say: Say, steps: number): Promise<Figures> {
  const worked: Figures[] = [];
  for (const [name, specOf] of Object.entries(nets)) {
    worked.push(await compareWork(say, name, specOf({ steps }), protocol));
  }
  const all: Figures = Object.assign({}, ...worked);
  return {
    verification_ratio: all.verification_ratio_conv ?? Number.NaN,
    ...all,
    ...overheads(say),
    ...(await scaling(say)),
  };
}

/** The corpus against the worker's own code: three seats draw, replay and judge each claim. */
async function attackAll(say: Say, seeds: number): Promise<Figures> {
  const spec = smallSpec({ steps: 200 });
  const data = syntheticData(spec, 64);
  const tallies = new Map<Attack, Tally>(
    corpus.map((attack) => [attack, { claims: 0, caught: 0, bad: 0, badCaught: 0 }]),
  );
  let honestSteps = 0;
  let honestFlagged = 0;
  for (let number = 0; number < seeds; number++) {
    const settings = new Settings(spec, data, number);
    const everything = { seats: 1, unitsPerSeat: spec.steps };
    for (const recipe of new Set(corpus.map((attack) => attack.recipe))) {
      const setting = settings.of(recipe);
      const honest = await audit(setting, honestClaim(setting), everything);
      honestSteps += honest.good;
      honestFlagged += honest.goodFlagged;
    }
    for (const [attack, tally] of tallies) {
      const setting = settings.of(attack.recipe);
      const found = await audit(setting, attack.cheat(setting), protocol, attack.name);
      honestSteps += found.good;
      honestFlagged += found.goodFlagged;
      tally.claims += 1;
      tally.caught += found.caught ? 1 : 0;
      tally.bad += found.bad;
      tally.badCaught += found.badCaught;
    }
    if ((number + 1) % 10 === 0) say(`${number + 1} of ${seeds} seeds`);
  }
  for (const [{ name, extent }, { claims, caught, bad, badCaught }] of tallies) {
    say(
      `${name.padEnd(26)} ${extent.padEnd(6)} claims caught ${caught}/${claims}, bad units drawn and caught ${badCaught}/${bad}`,
    );
  }
  const sum = (of: readonly Tally[], key: keyof Tally) => of.reduce((total, tally) => total + tally[key], 0);
  const all = [...tallies.values()];
  const tenth = [...tallies].flatMap(([{ extent }, tally]) => (extent === 'tenth' ? [tally] : []));
  const one = [...tallies].flatMap(([{ extent }, tally]) => (extent === 'one' ? [tally] : []));
  const missed = sum(tenth, 'claims') - sum(tenth, 'caught');
  say(`at a tenth of the units: ${missed} of ${sum(tenth, 'claims')} claims got through`);
  return {
    seeds,
    honest_steps: honestSteps,
    honest_flagged: honestFlagged,
    attacks: corpus.length,
    sampled_bad: sum(all, 'bad'),
    sampled_bad_caught: sum(all, 'badCaught') / sum(all, 'bad'),
    claims_at_a_tenth: sum(tenth, 'claims'),
    claims_caught: rounded(sum(tenth, 'caught') / sum(tenth, 'claims'), 4),
    // One-sided 95% bound on the share that gets through: Garwood's for a Poisson count, wider than the binomial's own.
    claims_caught_at_least: rounded(1 - poissonBound(missed) / sum(tenth, 'claims'), 4),
    claims_with_one_bad_unit_caught: rounded(sum(one, 'caught') / sum(one, 'claims'), 4),
  };
}

/** The largest mean of a Poisson variable that gives so few or fewer with 5%. */
function poissonBound(count: number): number {
  const atMost = (mean: number) => {
    let term = Math.exp(-mean);
    let total = term;
    for (let i = 1; i <= count; i++) {
      term *= mean / i;
      total += term;
    }
    return total;
  };
  let [low, high] = [0, count + 10 * Math.sqrt(count + 1) + 10];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (atMost(middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** Every attack that can be accused, on the story's digits network, down to the leaf. */
function disputeAll(say: Say): Figures {
  const spec = digitsSpec({ steps: 20 });
  const data = syntheticData(spec, 640, 7);
  const settings = new Settings(spec, data, 0);
  let [played, won] = [0, 0];
  const [plain, others] = [
    { rounds: 0, bytes: 0 },
    { rounds: 0, bytes: 0 },
  ];
  for (const attack of corpus.filter(({ unavailable }) => unavailable !== true)) {
    const setting = settings.of(attack.recipe);
    const claim = attack.cheat(setting);
    const [unit] = claim.bad;
    if (unit === undefined) throw new Error(`${attack.name} cheats nowhere`);
    const outcome = playDispute(setting, claim, unit);
    played += 1;
    won += outcome.winner === 'challenger' ? 1 : 0;
    const longest = attack.recipe === undefined ? plain : others;
    longest.rounds = Math.max(longest.rounds, outcome.moves);
    longest.bytes = Math.max(longest.bytes, outcome.bytes);
  }
  const bound = disputeSize(spec, data.records);
  say(
    `${won} of ${played} disputes won by the challenger, at most ${plain.rounds} moves of the trainer and ${plain.bytes} bytes`,
  );
  say(`with Adam or batch norm at most ${others.rounds} moves and ${others.bytes} bytes`);
  say(`no dispute over the plain network can take more than ${bound.moves} moves and ${bound.bytes} bytes`);
  return {
    disputes: played,
    disputes_won: won,
    dispute_rounds: plain.rounds,
    dispute_bytes: plain.bytes,
    dispute_rounds_adam_or_batch_norm: others.rounds,
    dispute_bytes_adam_or_batch_norm: others.bytes,
    dispute_rounds_bound: bound.moves,
    dispute_bytes_bound: bound.bytes,
  };
}

export const verification: Benchmark = {
  about: 'the attack corpus against the verifier, disputes, and what checking and committing cost',
  run,
};
