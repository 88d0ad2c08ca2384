import { Dataset } from '../../../training/dataset.ts';
import { networkOf } from '../../../training/network.ts';
import { smallSpec, syntheticBytes, testSeed } from '../../../training/testing/fixtures.ts';
import { trainRun } from '../trainRun.ts';

/** `node interrupted.ts FOLDER UNIT`: trains a small run, and ends itself as SIGKILL does right after that unit. */
const [folder = '', deadly = ''] = process.argv.slice(2);
const spec = smallSpec({ steps: 60 });
const { steps, resumed } = await trainRun({
  network: networkOf(spec),
  runId: 4n,
  seed: testSeed,
  data: new Dataset(spec.record, syntheticBytes(spec, 64)),
  folder,
  onProgress: (unit) => {
    if (`${unit}` === deadly) process.kill(process.pid, 'SIGKILL');
  },
});
console.log(JSON.stringify({ stepRoot: Buffer.from(steps.root).toString('hex'), resumed }));
