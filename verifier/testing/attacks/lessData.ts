import { type Attack, batchOf, inChosen, stepOver } from './attack.ts';

/** Trains over the same few records again and again, which fit into a cache, under the digest of the right ones. */
export const lessData: Attack = {
  name: 'less data',
  source: "Choi et al., Tools for Verifying Neural Models' Training Data, arXiv 2307.00682: data subtraction attack",
  extent: 'tenth',
  cheat: (setting) =>
    inChosen(setting, (unit, _honest, before) => ({
      state: stepOver(setting, before, batchOf(setting, (unit % 3) + 1)),
    })),
};
