import { type Attack, inChosen } from './attack.ts';

/** The state is kept in bfloat16: half the memory and twice the speed on many devices. */
export const lowPrecision: Attack = {
  name: 'low precision',
  source: 'Arun et al., Verde, arXiv 2502.19405; NAO, arXiv 2510.16028: results within the noise of cheaper arithmetic',
  extent: 'tenth',
  cheat: (setting) => inChosen(setting, (_unit, { state }) => ({ state: truncated(state) })),
};

/** The upper 16 bits of each float32. */
function truncated(values: Float32Array): Float32Array {
  const copy = Float32Array.from(values);
  const bits = new Uint32Array(copy.buffer);
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] ?? 0) & 0xffff0000;
  return copy;
}
