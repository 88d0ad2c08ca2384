import { disputeSize } from '../../training/admit.ts';
import { tensorAt } from '../../training/dag.ts';
import { hashLeaf, hashNode } from '../../training/merkle.ts';
import { networkOf } from '../../training/network.ts';
import { encodeSpec, parseSpec, type Spec } from '../../training/spec.ts';
import { encoderSpec, resnet50Spec } from '../../training/testing/large.ts';
import { unitDag } from '../../training/unitDag.ts';
import { type Figures, median, rounded, type Say } from '../bench.ts';

/** Records of a data set such as ImageNet's. */
const RECORDS = 1_281_167;

/** Networks too large to train here: the longest dispute by their specification, and what the chain computes for a leaf. */
export function largeNetworks(say: Say): Figures {
  const figures: Record<string, number> = {};
  for (const [name, spec] of [
    ['resnet50', resnet50Spec()],
    ['encoder', encoderSpec()],
  ] as const) {
    const { moves, bytes } = disputeSize(spec, RECORDS);
    const times = leafTimes(spec);
    const middle = median(times);
    const late = times.toSorted((a, b) => a - b)[Math.floor(0.99 * times.length)] ?? 0;
    say(`${name}, ${networkOf(spec).weightsLength} weights: at most ${moves} moves of the trainer and ${bytes} bytes`);
    say(`${name}: a leaf of each tensor, CPU time, median ${middle.toFixed(2)} ms, 99% within ${late.toFixed(2)} ms`);
    figures[`${name}Moves`] = moves;
    figures[`${name}Bytes`] = bytes;
    figures[`${name}LeafMedianMs`] = rounded(middle);
    figures[`${name}LeafP99Ms`] = rounded(late);
  }
  return figures;
}

/** Milliseconds of CPU for one leaf of every tensor: the specification read, the unit laid out, paths hashed, the value computed. */
function leafTimes(spec: Spec): number[] {
  const bytes = encodeSpec(spec);
  const seed = new Uint8Array(32);
  const count = unitDag(networkOf(spec), seed, RECORDS, 1).tensors.length;
  const chunk = new Uint8Array(1_024);
  const times: number[] = [];
  for (let tensor = 2; tensor < count; tensor += 1) {
    const start = process.cpuUsage();
    const dag = unitDag(networkOf(parseSpec(bytes)), seed, RECORDS, 1);
    const { rule, length } = tensorAt(dag, tensor);
    const element = Math.floor(length / 2);
    const inputs = (rule?.inputs(element) ?? []).map((range) => {
      const depth = Math.ceil(Math.log2(tensorAt(dag, range.tensor).length / 256 + 1)) + Math.ceil(Math.log2(count));
      let node = hashLeaf(chunk);
      for (let level = 0; level < depth; level += 1) node = hashNode(node, node);
      return new Float32Array(range.length).fill(0.5);
    });
    rule?.compute(element, inputs);
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1_000);
  }
  return times;
}
