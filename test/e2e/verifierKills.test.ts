import { expect, test } from 'vitest';
import { verifierCrashRounds } from '../crash/verifier/rounds.ts';
import { steps } from '../crash/verifier/steps.ts';

/** A share of the steps, one of each kind; `npm run crash -- verifier` takes them all, as often as it is told. */
const chosen = ['said', 'commit:kept', 'reveal:broadcast', 'select:included'];

test('two workers that are killed at their work give one attestation a task, never none, two or another one', async () => {
  const few = steps.filter(({ name }) => chosen.includes(name));
  const { kills } = await verifierCrashRounds(1, 1, () => {}, few);
  expect(Object.keys(kills).sort()).toEqual([...chosen].sort());
  expect(Math.min(...Object.values(kills))).toBeGreaterThan(0);
});
