import { initialElement } from './canonical/step.ts';
import { updatedValue } from './canonical/update.ts';
import { BEFORE, DATA, type Dag, DagBuilder, type Range, type View } from './dag.ts';
import type { Network } from './network.ts';
import { recordOf } from './order.ts';
import { type PhiloxKey, philoxKey } from './random.ts';
import { cell, copy } from './rules.ts';

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
  batches.reduce((state, batch, i) => addStep(b, network, batch, state, `step ${first + i}: `), BEFORE);
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

/** One step from the state in tensor `state`; returns the tensor of the state after it. */
function addStep(b: DagBuilder, network: Network, batch: BatchViews, state: number, scope: string): number {
  const weights = network.layers.map((_, layer) =>
    network.parameters
      .filter((parameter) => parameter.layer === layer)
      .map(({ offset, rows, cols }) => ({ tensor: state, offset, rows, cols, stride: cols })),
  );
  const inputs: View[] = [batch.features];
  network.layers.forEach((layer, index) => {
    b.within(`${scope}layer ${index}, ${layer.op}: `);
    inputs.push(layer.traceForward(b, weights[index] ?? [], inputs[index] ?? batch.features, network.spec.batch));
  });
  b.within(`${scope}loss: `);
  let dy = network.loss.traceBackward(b, inputs.pop() ?? batch.features, batch.labels);
  const gradients: (readonly View[])[] = [];
  for (let index = network.layers.length - 1; index >= 0; index -= 1) {
    const layer = network.layers[index];
    const x = inputs[index];
    if (layer === undefined || x === undefined) throw new RangeError(`there is no layer ${index}`);
    b.within(`${scope}layer ${index}, ${layer.op}: `);
    const result = layer.traceBackward(b, weights[index] ?? [], x, dy, network.spec.batch, index > 0);
    gradients.unshift(result.parameters);
    dy = result.input;
  }
  b.within(scope);
  const measured = network.layers.flatMap(({ op, statistics }, index) => {
    b.within(`${scope}layer ${index}, ${op}: statistics: `);
    return [...(statistics?.traceMeasure(b, inputs[index] ?? batch.features, network.spec.batch) ?? [])];
  });
  b.within(scope);
  return addUpdate(b, network, state, gradients.flat(), measured);
}

/** The optimizer on every element; `gradients` in the order of the network's parameters. */
function addUpdate(
  b: DagBuilder,
  network: Network,
  state: number,
  gradients: readonly View[],
  measured: readonly View[],
): number {
  const { parameters, optimizer, weightsLength: weights } = network;
  const scalars = weights * (1 + optimizer.slots);
  const before = (offset: number): Range => ({ tensor: state, offset, length: 1 });
  return b.add('state after', network.stateLength, {
    kind: 'map',
    inputs(element) {
      const row = network.statistics.findLastIndex(({ offset }) => offset <= element);
      const statistic = network.statistics[row];
      const view = measured[row];
      if (statistic !== undefined && view !== undefined) {
        return [before(element), cell(view, 0, element - statistic.offset)];
      }
      if (element >= scalars) return [before(element)];
      const weight = element % weights;
      const index = parameters.findLastIndex(({ offset }) => offset <= weight);
      const parameter = parameters[index];
      const gradient = gradients[index];
      if (parameter === undefined || gradient === undefined) throw new RangeError(`no gradient for element ${element}`);
      const local = weight - parameter.offset;
      return [
        before(weight),
        cell(gradient, Math.floor(local / parameter.cols), local % parameter.cols),
        ...Array.from({ length: optimizer.slots }, (_, slot) => before(weights * (1 + slot) + weight)),
        ...optimizer.scalars.map((_, i) => before(scalars + i)),
      ];
    },
    compute: (element, inputs) =>
      updatedValue(
        network,
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
