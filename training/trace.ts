import { floatsToBytes } from './bytes.ts';
import { BEFORE, DATA, type Dag, type TensorGroup, tensorAt } from './dag.ts';
import type { Dataset } from './dataset.ts';
import { hashLeaf, MerkleTree } from './merkle.ts';
import type { Network } from './network.ts';
import { unitDag } from './unitDag.ts';

/** Where a trace stops being finite: an honest one never does, and what claims otherwise has lost. */
export interface TraceElement {
  readonly tensor: number;
  readonly element: number;
}

/** The values of a unit's DAG, with their trees: what one side of a dispute holds. */
export class Trace {
  readonly dag: Dag;
  readonly values: readonly Float32Array[];
  readonly firstNonFinite: TraceElement | undefined;
  private readonly dataTree: MerkleTree;
  private readonly trees = new Map<number, MerkleTree>();
  private readonly groups = new Map<TensorGroup, MerkleTree>();

  /** @param values one array a tensor, in the DAG's order */
  constructor(dag: Dag, values: readonly Float32Array[], dataTree: MerkleTree) {
    this.dag = dag;
    this.values = values;
    this.dataTree = dataTree;
    this.firstNonFinite = findNonFinite(values);
  }

  tensor(index: number): Float32Array {
    const values = this.values[index];
    if (values === undefined) throw new RangeError(`the unit has no tensor ${index}`);
    return values;
  }

  /** The tree over a tensor's chunks. */
  tree(index: number): MerkleTree {
    const known = index === DATA ? this.dataTree : this.trees.get(index);
    if (known !== undefined) return known;
    const tree = MerkleTree.ofContent(floatsToBytes(this.tensor(index)));
    this.trees.set(index, tree);
    return tree;
  }

  /** The tree over the roots of a group's tensors. */
  groupTree(group: TensorGroup): MerkleTree {
    const known = this.groups.get(group);
    if (known !== undefined) return known;
    const roots = Array.from({ length: group.count }, (_, i) => hashLeaf(this.tree(group.start + i).root));
    const tree = new MerkleTree(roots);
    this.groups.set(group, tree);
    return tree;
  }
}

/**
 * Computes a unit by its DAG, leaf by leaf, from the state before it (empty for unit 0) and, in the tolerant lane, from
 * the gradient that the trainer has committed to.
 */
export function traceUnit(
  network: Network,
  seed: Uint8Array,
  data: Dataset,
  unit: number,
  before: Float32Array,
  gradient?: Float32Array,
): Trace {
  const dag = unitDag(network, seed, data.records, unit);
  const values: Float32Array[] = [];
  dag.tensors.forEach((_, index) => {
    if (index === DATA) values.push(data.values);
    else if (index === BEFORE) values.push(before);
    else if (gradient !== undefined && tensorAt(dag, index).rule === undefined) values.push(gradient);
    else values.push(evaluateTensor(dag, values, index));
  });
  return new Trace(dag, values, data.tree);
}

/** Every element of one tensor, from the tensors before it. */
export function evaluateTensor(dag: Dag, values: readonly Float32Array[], index: number): Float32Array {
  const { length, rule, name } = tensorAt(dag, index);
  if (rule === undefined) throw new RangeError(`${name} is given, not computed`);
  const out = new Float32Array(length);
  for (let element = 0; element < length; element += 1) {
    const inputs = rule.inputs(element).map(({ tensor, offset, length: terms }) => {
      const source = values[tensor];
      if (source === undefined) throw new RangeError(`${name} reads tensor ${tensor} before it is computed`);
      return source.subarray(offset, offset + terms);
    });
    out[element] = rule.compute(element, inputs);
  }
  return out;
}

function findNonFinite(values: readonly Float32Array[]): TraceElement | undefined {
  for (const [tensor, list] of values.entries()) {
    const element = list.findIndex((value) => !Number.isFinite(value));
    if (element >= 0) return { tensor, element };
  }
  return undefined;
}
