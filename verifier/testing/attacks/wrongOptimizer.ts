import { type Attack, blend, lyingRun } from './attack.ts';

/** Plain descent is declared; in the chosen units the updates of the units before carry on as momentum. */
export const wrongOptimizer: Attack = {
  name: 'wrong optimizer',
  source: 'Polyak, Some methods of speeding up the convergence of iteration methods, 1964: the undeclared momentum',
  extent: 'tenth',
  cheat: (setting) => {
    const chosen = new Set(setting.chosen);
    let velocity = new Float32Array(setting.network.stateLength);
    return lyingRun(setting, (unit, honest, before) => {
      if (unit === 0) return undefined;
      const update = blend(honest.state, before, (after, old) => after - old);
      velocity = Float32Array.from(velocity, (value, i) => 0.9 * value + (update[i] ?? 0));
      return chosen.has(unit) ? { state: blend(before, velocity, (x, v) => x + v) } : undefined;
    });
  },
};
