import { type Attack, chance, inChosen } from './attack.ts';

/** The smallest lie there is: the last bit of one weight. */
export const oneBit: Attack = {
  name: 'one bit',
  source: 'our own: the smallest lie there is; a lane with tolerances (NAO, arXiv 2510.16028) has to let it pass',
  extent: 'tenth',
  cheat: (setting) =>
    inChosen(setting, (unit, honest) => {
      const state = Float32Array.from(honest.state);
      const bits = new Uint32Array(state.buffer);
      const at = Math.floor(chance(setting, unit, 0) * bits.length);
      bits[at] = (bits[at] ?? 0) ^ 1;
      return { state };
    }),
};
