import { type Attack, lyingRun, type Setting } from './attack.ts';

/** A checker that looks at the largest updates is blind to the rest: the smallest ones are skipped. */
export const smallestUpdates: Attack = {
  name: 'smallest updates skipped',
  source: 'Fang et al., arXiv 2208.03567: blindfolding a verifier that checks the q largest updates',
  extent: 'tenth',
  cheat: (setting) => {
    const quiet = new Set(quietest(setting));
    return lyingRun(setting, (unit, _honest, before) => (quiet.has(unit) ? { state: before } : undefined));
  },
};

/** As many units as are chosen, those in which the honest run moves least. */
function quietest({ honest, chosen }: Setting): number[] {
  const sizes = honest.slice(2, -1).map(({ unit, state }) => {
    const before = honest[unit - 1]?.state ?? state;
    return { unit, size: state.reduce((sum, value, i) => sum + (value - (before[i] ?? 0)) ** 2, 0) };
  });
  return sizes
    .sort((a, b) => a.size - b.size)
    .slice(0, chosen.length)
    .map(({ unit }) => unit);
}
