import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Network } from '../network.ts';
import { judgeCheat, skipTraining } from './cheat.ts';
import { offerDataset } from './dataset.ts';
import { closeEpoch } from './epoch.ts';
import { judgeHonestRun } from './honestRun.ts';
import { meetPeople, sayGoodbye } from './people.ts';
import { readBack } from './readBack.ts';
import type { Stage } from './stage.ts';
import { loadDigits, trainAndCommit } from './training.ts';

const recordShape = z.object({ plays: z.number().int().nonnegative(), finished: z.number().int().nonnegative() });

/** How often the story was begun and finished on this network. */
export function readPlays(network: Network): z.infer<typeof recordShape> {
  const file = network.paths.storyFile;
  return existsSync(file) ? recordShape.parse(JSON.parse(readFileSync(file, 'utf8'))) : { plays: 0, finished: 0 };
}

/**
 * Plays the story on real data: a dataset is offered and measured, a model is trained and replayed, a cheater is caught
 * and slashed, an epoch pays, and all of it is read back through GraphQL. Throws `StoryBroken` at the first step that
 * does not hold. A play that was interrupted is begun anew, with other rows and new runs.
 */
export async function playStory(network: Network, direction: Pick<Stage, 'say' | 'signal'>): Promise<void> {
  const record = readPlays(network);
  const play = record.plays + 1;
  const write = (finished: number) => writeFileSync(network.paths.storyFile, JSON.stringify({ plays: play, finished }));
  write(record.finished);
  const stage: Stage = { network, play, ...direction };
  const people = await meetPeople(network.topology);
  try {
    await playScenes(stage, people);
    write(record.finished + 1);
  } finally {
    sayGoodbye(people);
  }
}

async function playScenes(stage: Stage, people: Awaited<ReturnType<typeof meetPeople>>): Promise<void> {
  const { contributor, trainer, cheater } = people;
  const started = performance.now();
  const dataset = await offerDataset(stage, contributor);
  const digits = loadDigits(stage);
  const honest = await trainAndCommit(stage, trainer, '2', digits);
  // The cheater's run is under way while the honest one is still being judged, as on any busy network.
  const [run, cheat] = await Promise.all([
    judgeHonestRun(stage, honest),
    trainAndCommit(stage, cheater, '3', digits, skipTraining),
  ]);
  const dispute = await judgeCheat(stage, cheat);
  const earned = await closeEpoch(stage, [
    { contributionId: dataset.id, session: contributor },
    { contributionId: run.modelContributionId, session: trainer },
  ]);
  await readBack(stage, { dataset, run, slashed: cheat.run, dispute, earned });
  stage.say(`every step of the story held (${((performance.now() - started) / 1000).toFixed(0)} s)`);
}
