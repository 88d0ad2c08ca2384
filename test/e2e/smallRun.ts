import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '../../cli/session.ts';
import { commitRun, registerRun, untilSeeded } from '../../cli/trainer/run.ts';
import { trainRun } from '../../cli/trainer/trainRun.ts';
import { artifactUrl, objectives } from '../../localnet/genesis.ts';
import type { Network } from '../../localnet/network.ts';
import { httpUrl } from '../../localnet/topology.ts';
import { Dataset } from '../../training/dataset.ts';
import { networkOf } from '../../training/network.ts';
import { checkSpec, recordBytes } from '../../training/spec.ts';

/** A single layer, trained for four steps: as small as a run of digits can be. */
const spec = checkSpec({
  opset: 1,
  lane: 'exact',
  input: [784],
  layers: [{ op: 'dense', units: 10 }],
  loss: 'softmax_cross_entropy',
  optimizer: { op: 'sgd', learning_rate: 0.1 },
  batch: 16,
  steps: 4,
  commit_every: 1,
  shards: 1,
  record: { features: 784, classes: 10 },
});

/** Id of a run that is registered, trained for real and committed, and now waits for its verifiers. */
export async function commitSmallRun({ topology, paths }: Network, session: Session): Promise<bigint> {
  const data = new Dataset(spec.record, readFileSync(join(paths.artifacts, 'story', 'digits.records')));
  const uris = [artifactUrl(topology, 'digits.records')];
  const { runId } = await registerRun(session, {
    objectiveId: objectives.digits,
    spec,
    data: { root: data.root, records: BigInt(data.records), recordBytes: recordBytes(spec), uris },
    denom: topology.denom,
  });
  const run = await untilSeeded(session, runId, 300);
  const folder = join(paths.artifacts, 'runs', `${runId}`);
  const trained = await trainRun({ network: networkOf(spec), runId, seed: run.seed, data, folder });
  await commitRun(session, run, trained, [httpUrl(topology.artifacts, `/runs/${runId}`)]);
  return runId;
}
