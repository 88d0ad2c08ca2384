import { StepTree } from '../../../training/commit.ts';
import { type Attack, claimOf } from './attack.ts';

/** Hands in the step root of another run of the same work: leaves bind the run's id, so it opens for nobody else. */
export const copiedCommitment: Attack = {
  name: 'copied commitment',
  source: 'Jia et al., Proof-of-Learning, arXiv 2103.05633: replay of a proof that somebody else has made',
  extent: 'all',
  unavailable: true,
  cheat: ({ honest, runId }) => {
    const leaves = honest.map(({ leaf }) => leaf);
    const bad = new Set(honest.map(({ unit }) => unit));
    const claim = claimOf(leaves, runId, { served: (unit) => honest[unit]?.state, bad });
    return { ...claim, stepRoot: new StepTree(runId + 1n, leaves).root };
  },
};
