import { type Attack, blend, inChosen } from './attack.ts';

/** Between the state before and the final weights lies a straight line: a point on it is handed in, untrained. */
export const interpolatedStates: Attack = {
  name: 'interpolated states',
  source: "Choi et al., Tools for Verifying Neural Models' Training Data, arXiv 2307.00682: interpolation attack",
  extent: 'tenth',
  cheat: (setting) => {
    const end = setting.honest.at(-1)?.state ?? new Float32Array(0);
    return inChosen(setting, (unit, _honest, before) => {
      const share = 1 / (setting.honest.length - unit);
      return { state: blend(before, end, (x, y) => x + share * (y - x)) };
    });
  },
};
