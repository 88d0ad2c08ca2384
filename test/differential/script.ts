import { anteCases } from './cases/ante.ts';
import { bankCases } from './cases/bank.ts';
import { downtimeCases } from './cases/downtime.ts';
import { evidenceCases } from './cases/evidence.ts';
import { feegrantCases } from './cases/feegrant.ts';
import { allowanceCases, limitCases } from './cases/limits.ts';
import { queryCases } from './cases/queries.ts';
import { randomCases } from './cases/random.ts';
import { signingCases } from './cases/signing.ts';
import { stakingCases } from './cases/staking.ts';
import type { World } from './world.ts';

/** Everything that is asked, in order; the seed steers the random part only. */
export async function script(world: World, seed: number, randomTxs: number): Promise<void> {
  await anteCases(world);
  await bankCases(world);
  await signingCases(world);
  await limitCases(world);
  await randomCases(world, seed, randomTxs);
  await feegrantCases(world);
  await stakingCases(world);
  const { tombstoned } = await evidenceCases(world);
  await downtimeCases(world, tombstoned);
  await queryCases(world);
  await anteCases(world, true);
  await allowanceCases(world, true);
}

/** What moves stake, on a chain where no other module reads and writes in the same txs. */
export async function stakingScript(world: World, seed: number, randomTxs: number): Promise<void> {
  await randomCases(world, seed, randomTxs);
  await stakingCases(world);
  const { tombstoned } = await evidenceCases(world);
  await downtimeCases(world, tombstoned);
}
