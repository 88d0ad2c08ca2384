import { adversarialRecords } from './adversarialRecords.ts';
import type { Attack } from './attack.ts';
import { copiedCommitment } from './copiedCommitment.ts';
import { editedFinalWeights } from './editedFinalWeights.ts';
import { equivocation } from './equivocation.ts';
import { forgedMoments } from './forgedMoments.ts';
import { forgedStatistics } from './forgedStatistics.ts';
import { gluedRuns } from './gluedRuns.ts';
import { halfBatch } from './halfBatch.ts';
import { infinitesimalUpdates } from './infinitesimalUpdates.ts';
import { interpolatedStates } from './interpolatedStates.ts';
import { lessData } from './lessData.ts';
import { lowPrecision } from './lowPrecision.ts';
import { luckySeed } from './luckySeed.ts';
import { oneBit } from './oneBit.ts';
import { poisonedBatch } from './poisonedBatch.ts';
import { reorderedBatches } from './reorderedBatches.ts';
import { shiftedCommitments } from './shiftedCommitments.ts';
import { skippedSteps } from './skippedSteps.ts';
import { smallestUpdates } from './smallestUpdates.ts';
import { staleStates } from './staleStates.ts';
import { withheldStates } from './withheldStates.ts';
import { wrongInitialWeights } from './wrongInitialWeights.ts';
import { wrongLearningRate } from './wrongLearningRate.ts';
import { wrongOptimizer } from './wrongOptimizer.ts';

/** Every attack, one a file. */
export const corpus: readonly Attack[] = [
  skippedSteps,
  halfBatch,
  staleStates,
  interpolatedStates,
  infinitesimalUpdates,
  smallestUpdates,
  adversarialRecords,
  poisonedBatch,
  lessData,
  reorderedBatches,
  wrongLearningRate,
  wrongOptimizer,
  forgedMoments,
  forgedStatistics,
  lowPrecision,
  oneBit,
  gluedRuns,
  wrongInitialWeights,
  luckySeed,
  editedFinalWeights,
  shiftedCommitments,
  equivocation,
  withheldStates,
  copiedCommitment,
];
