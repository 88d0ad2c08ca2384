import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Verdict } from '../../../proto/generated/infinet/verification/v1/types.ts';
import { smallSpec, syntheticData } from '../../../training/testing/fixtures.ts';
import type { Attack, Setting } from './attack.ts';
import { audit, honestClaim, Settings } from './audit.ts';
import { corpus } from './corpus.ts';
import { playDispute } from './dispute.ts';

/** Default parameters; `modules/verification/params.ts` is not this folder's to import, and the benchmark compares them. */
const protocol = { seats: 3, unitsPerSeat: 22 };
const spec = smallSpec({ steps: 60 });
const data = syntheticData(spec, 48);
/** Fixed seeds, a few for each attack; `npm run bench -- verification` takes a hundred and longer runs. */
const settings = [0, 1].map((number) => new Settings(spec, data, number));

function settingFor({ recipe }: Pick<Attack, 'recipe'>, number: number): Setting {
  const setting = settings[number]?.of(recipe);
  if (setting === undefined) throw new RangeError(`no setting ${number}`);
  return setting;
}

describe.each(corpus)('$name', (attack) => {
  test.each([0, 1])(
    'from seed %i: every bad unit that is drawn is caught, and no good one is called wrong',
    async (number) => {
      const setting = settingFor(attack, number);
      const claim = attack.cheat(setting);
      expect(claim.bad.size).toBeGreaterThan(0);
      const found = await audit(setting, claim, protocol, attack.name);
      expect(found.badCaught).toBe(found.bad);
      expect(found.goodFlagged).toBe(0);
      expect(found.caught).toBe(found.bad > 0);
      if (attack.unavailable) expect(found.verdicts).not.toContain(Verdict.VERDICT_VALID);
      else if (found.bad > 0) expect(found.fraudUnit).toBeDefined();
      if (attack.extent !== 'one') expect(found.caught).toBe(true);
    },
  );
});

const accused = corpus.filter(({ unavailable }) => unavailable !== true);

test.each(accused)('$name loses the dispute that follows, at a leaf that the chain computes', (attack) => {
  const setting = settingFor(attack, 0);
  const claim = attack.cheat(setting);
  const [unit] = claim.bad;
  if (unit === undefined) throw new Error('no bad unit');
  const { winner, moves, bytes } = playDispute(setting, claim, unit);
  expect(winner).toBe('challenger');
  expect(moves).toBeLessThanOrEqual(8);
  expect(bytes).toBeLessThanOrEqual(32_768);
});

test.each([{ name: 'the plain one', recipe: undefined }, ...corpus.filter(({ recipe }) => recipe !== undefined)])(
  'an honest run is VALID at every seat, and none of its units is called wrong: recipe of $name',
  async ({ recipe }) => {
    for (const number of [0, 1]) {
      const setting = settingFor({ recipe }, number);
      const found = await audit(setting, honestClaim(setting), { seats: 3, unitsPerSeat: 60 });
      expect(found).toMatchObject({ bad: 0, goodFlagged: 0, caught: false, good: 61 });
      expect(found.verdicts).toEqual(found.verdicts.map(() => Verdict.VERDICT_VALID));
    }
  },
);

test('every attack is one file, has a name of its own and names its source', () => {
  const shared = new Set(['attack.ts', 'audit.ts', 'corpus.ts', 'corpus.test.ts', 'dispute.ts']);
  const files = globSync('*.ts', { cwd: fileURLToPath(new URL('.', import.meta.url)) }).filter(
    (file) => !shared.has(file),
  );
  expect(files).toHaveLength(corpus.length);
  expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
  for (const { source } of corpus) expect(source).toMatch(/\d{4}|our own/);
});
