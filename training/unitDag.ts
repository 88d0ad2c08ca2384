import { inTree } from './canonical/shards.ts';
import { initialElement } from './canonical/step.ts';
import { updatedValue } from './canonical/update.ts';
import { BEFORE, DATA, type Dag, DagBuilder, type Range, type View } from './dag.ts';
import { type Network, shardRows, sumLength, wiredAt } from './network.ts';
import type { Place } from './operators/operator.ts';
import { recordOf } from './order.ts';
import { type PhiloxKey, philoxKey } from './random.ts';
import { cell, copy, flat, map } from './rules.ts';

/** The DAG of unit `unit` of a run over `records` records: F's steps, written as leaves. */
export function unitDag(network: Network, seed: Uint8Array, records: number, unit: number): Dag {
  const { spec, stateLength } = network;
  const key = philoxKey(seed);
  const b = new DagBuilder();
  b.add('data', records * (spec.record.features + 1));
  if (unit === 0) {
    b.add('no state', 0);
    addInitialState(b, network, key);
    return b.finish({ start: 2, count: 0 }, { start: 2, count: 0 });
  }
  b.add('state before', stateLength);
  const first = (unit - 1) * spec.commit_every;
  const batches: BatchViews[] = [];
  for (let i = 0; i < spec.commit_every; i += 1) {
    b.within(`step ${first + i}: `);
    batches.push(addBatch(b, network, key, records, first + i));
  }
  const inner = b.count;
  if (spec.lane === 'tolerant') {
    // The gradient is given, by its root in the leaf: what can be disputed is the batch and the update.
    b.within(`step ${first}: `);
    const gradient = b.add('gradient', sumLength(network));
    const batch = batches[0];
    if (batch === undefined) throw new RangeError('a unit has at least one step');
    addUpdate(b, network, { key, batch, state: BEFORE, step: first }, (offset) => ({
      tensor: gradient,
      offset,
      length: 1,
    }));
    return b.finish({ start: 2, count: inner - 2 }, { start: inner, count: 1 });
  }
  batches.reduce((state, batch, i) => addStep(b, network, { key, batch, state, step: first + i }), BEFORE);
  return b.finish({ start: 2, count: inner - 2 }, { start: inner, count: b.count - 1 - inner });
}

interface BatchViews {
  readonly features: View;
  readonly labels: View;
}

/** The records that the batch order names, copied from the data. */
function addBatch(b: DagBuilder, network: Network, key: PhiloxKey, records: number, step: number): BatchViews {
  const { batch, record } = network.spec;
  const columns = record.features + 1;
  const source = (row: number, col: number) => {
    const index = recordOf(key, records, batch, step, row);
    return { tensor: DATA, offset: index * columns + col, length: 1 };
  };
  return {
    features: copy(b, 'batch features', batch, record.features, source),
    labels: copy(b, 'batch labels', 1, batch, (_, row) => source(row, record.features)),
  };
}

/** What a step starts from. */
interface Step {
  readonly key: PhiloxKey;
  readonly batch: BatchViews;
  /** The tensor of the state before it. */
  readonly state: number;
  readonly step: number;
}

/** Where each gradient and then each measured statistic of a shard, or of shards added, is; see `ShardSum`. */
type SumSource = (index: number) => Range;

/** One step; returns the tensor of the state after it. */
function addStep(b: DagBuilder, network: Network, step: Step): number {
  const { shards } = network.spec;
  const scope = `step ${step.step}: `;
  const sums = Array.from({ length: shards }, (_, shard) =>
    addShard(b, network, step, shard, shards === 1 ? scope : `${scope}shard ${shard}: `),
  );
  b.within(scope);
  const length = sumLength(network);
  const total = inTree(sums, (left, right): SumSource => {
    const add = ([a = 0, b = 0]: readonly number[]) => Math.fround(a + b);
    const view = map(b, 'sum over shards', 1, length, (_, index) => [left(index), right(index)], add);
    return (index) => cell(view, 0, index);
  });
  return addUpdate(b, network, step, total);
}

/** Forward and backward over one shard, as `canonical/step.ts` has them. */
function addShard(b: DagBuilder, network: Network, { key, batch, state, step }: Step, shard: number, scope: string) {
  const { spec, layers, wired, parameters, statistics, weightsLength } = network;
  const rows = shardRows(spec);
  const firstRow = shard * rows;
  const { features, labels } = batch;
  const data = { ...features, offset: firstRow * features.stride, rows };
  const classes = { ...labels, offset: firstRow, cols: rows };
  const within = (index: number): Place => {
    b.within(`${scope}layer ${index}, ${layers[index]?.op}: `);
    return { key, step, layer: index, firstRow };
  };
  const weights = layers.map((_, layer) =>
    parameters
      .filter((parameter) => parameter.layer === layer)
      .map(({ offset, rows, cols }) => ({ tensor: state, offset, rows, cols, stride: cols })),
  );
  const values: View[] = [data];
  wired.forEach(({ layer, source, other }, index) => {
    const second = other === undefined ? undefined : values[other];
    values.push(layer.traceForward(b, weights[index] ?? [], values[source] ?? data, rows, within(index), second));
  });
  b.within(`${scope}loss: `);
  const slopes: (View | undefined)[] = [];
  slopes[layers.length] = network.loss.traceBackward(b, values[layers.length] ?? data, classes, spec.batch);
  const gradients: (readonly View[])[] = [];
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const { layer, source, other } = wiredAt(network, index);
    const [x, dy] = [values[source], slopes[index + 1]];
    if (x === undefined || dy === undefined) throw new RangeError(`layer ${index} has no input`);
    const result = layer.traceBackward(b, weights[index] ?? [], x, dy, rows, source > 0, within(index));
    gradients.unshift(result.parameters);
    if (source > 0) slopes[source] = addSlope(b, slopes[source], result.input);
    if (other !== undefined) slopes[other] = addSlope(b, slopes[other], result.input);
  }
  const measured = wired.flatMap(({ layer, source }, index) => {
    within(index);
    b.within(`${scope}layer ${index}, ${layer.op}: statistics: `);
    return [...(layer.statistics?.traceMeasure(b, values[source] ?? data, rows) ?? [])];
  });
  const views = gradients.flat();
  const firstStatistic = statistics[0]?.offset ?? 0;
  return (index: number): Range => {
    if (index >= weightsLength) {
      const element = index - weightsLength + firstStatistic;
      const row = statistics.findLastIndex(({ offset }) => offset <= element);
      return cell(present(measured[row]), 0, element - (statistics[row]?.offset ?? 0));
    }
    const at = parameters.findLastIndex(({ offset }) => offset <= index);
    const { offset, cols } = present(parameters[at]);
    return cell(present(views[at]), Math.floor((index - offset) / cols), (index - offset) % cols);
  };
}

/** The sum of the gradients that two layers give the value that both read; the first one if there is no other. */
function addSlope(b: DagBuilder, known: View | undefined, slope: View): View {
  if (known === undefined) return slope;
  return map(
    b,
    'sum of gradients',
    known.rows,
    known.cols,
    (row, col) => [cell(known, row, col), flat(slope, row * known.cols + col)],
    ([sum = 0, term = 0]) => Math.fround(sum + term),
  );
}

/** The optimizer on every element. */
function addUpdate(b: DagBuilder, network: Network, { state, step }: Step, total: SumSource): number {
  const { optimizer, weightsLength: weights } = network;
  const scalars = weights * (1 + optimizer.slots);
  const firstStatistic = network.statistics[0]?.offset ?? network.stateLength;
  const before = (offset: number): Range => ({ tensor: state, offset, length: 1 });
  return b.add('state after', network.stateLength, {
    kind: 'map',
    inputs(element) {
      if (element >= firstStatistic) return [before(element), total(weights + element - firstStatistic)];
      if (element >= scalars) return [before(element)];
      const weight = element % weights;
      return [
        before(weight),
        total(weight),
        ...Array.from({ length: optimizer.slots }, (_, slot) => before(weights * (1 + slot) + weight)),
        ...optimizer.scalars.map((_, i) => before(scalars + i)),
      ];
    },
    compute: (element, inputs) =>
      updatedValue(
        network,
        step,
        element,
        inputs.map(([value = 0]) => value),
      ),
  });
}

function addInitialState(b: DagBuilder, network: Network, key: PhiloxKey): number {
  return b.add('initial state', network.stateLength, {
    kind: 'map',
    inputs: () => [],
    compute: (element) => initialElement(network, key, element),
  });
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('the shard has no such gradient');
  return value;
}
