import { describe, expect, it } from 'vitest';
import { NonFiniteError } from '../canonical/finite.ts';
import { canonicalKernels } from '../canonical/kernels.ts';
import { DagBuilder, type View } from '../dag.ts';
import { layerOperators } from '../opset.ts';
import { philoxKey } from '../random.ts';
import { packedStride } from '../rules.ts';
import type { LayerSpec } from '../spec.ts';
import { awkward } from '../testing/awkward.ts';
import { testSeed } from '../testing/fixtures.ts';
import { evaluateTensor } from '../trace.ts';
import { namedRow } from './fields.ts';
import { type Layer, type Place, type Shape, sizeOf } from './operator.ts';

const conv = { op: 'conv2d', filters: 3, size: 3, stride: 2, padding: 'same' };

/** Each operator with the shape of its input, which `add` joins with itself. */
const cases: readonly (readonly [name: string, json: LayerSpec, input: Shape])[] = [
  ['dense', { op: 'dense', units: 5 }, [300]],
  ['dense over positions', { op: 'dense', units: 5 }, [7, 9]],
  ['relu', { op: 'relu' }, [11]],
  ['conv2d', conv, [5, 6, 2]],
  ['max_pool2d', { op: 'max_pool2d', size: 2, stride: 1 }, [4, 5, 3]],
  ['avg_pool2d', { op: 'avg_pool2d', size: 2, stride: 2 }, [4, 5, 3]],
  ['flatten', { op: 'flatten' }, [3, 4]],
  ['batch_norm', { op: 'batch_norm', momentum: 0.9, epsilon: 1e-3 }, [4, 5]],
  ['add', { op: 'add', with: 0 }, [3, 5]],
  ['dropout', { op: 'dropout', rate: 0.3 }, [13]],
  ['layer_norm', { op: 'layer_norm', epsilon: 1e-3 }, [3, 5]],
  ['layer_norm over more than one chain', { op: 'layer_norm', epsilon: 1e-3 }, [300]],
  ['attention', { op: 'attention', heads: 3, size: 4 }, [5, 6]],
  ['attention over more than one chain', { op: 'attention', heads: 1, size: 1 }, [260, 2]],
  ['embedding', { op: 'embedding', vocabulary: 300, units: 3 }, [9]],
];

const bits = (values: Float32Array) => [...new Uint32Array(values.slice().buffer)];

/** What F gives, or that it is not finite. */
interface Given {
  readonly weights: readonly Float32Array[];
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly other: Float32Array | undefined;
  readonly rows: number;
  readonly place: Place;
}

function byF(layer: Layer, { weights, x, dy, other, rows, place }: Given): number[][] | undefined {
  try {
    const out = layer.forward(weights, x, rows, canonicalKernels, place, other);
    const { input, parameters } = layer.backward(weights, x, dy, rows, true, canonicalKernels, place);
    return [out, input, ...parameters].map(bits);
  } catch (error) {
    if (error instanceof NonFiniteError) return undefined;
    throw error;
  }
}

/** The same by its leaves; undefined where one of them is not finite. */
function byLeaves(layer: Layer, { weights, x, dy, other, rows, place }: Given): number[][] | undefined {
  const b = new DagBuilder();
  const given: Float32Array[] = [];
  const put = (values: Float32Array, height: number, cols: number, stride: number): View => {
    const padded = new Float32Array(height * stride);
    for (let row = 0; row < height; row += 1) padded.set(values.subarray(row * cols, (row + 1) * cols), row * stride);
    given.push(padded);
    return { tensor: b.add('given', padded.length), offset: 0, rows: height, cols, stride };
  };
  const packed = (values: Float32Array, height: number) => {
    const cols = values.length / height;
    return put(values, height, cols, packedStride(cols));
  };
  const views = layer.parameters.map((shape, i) => {
    const values = weights[i] ?? new Float32Array(0);
    return put(values, shape.rows, shape.cols, shape.cols);
  });
  const xView = packed(x, rows);
  const out = layer.traceForward(b, views, xView, rows, place, other === undefined ? undefined : packed(other, rows));
  const slope = put(dy, out.rows, out.cols, out.stride);
  const back = layer.traceBackward(b, views, xView, slope, rows, true, place);
  const dag = b.finish({ start: 0, count: 0 }, { start: 0, count: 0 });
  const values: Float32Array[] = [];
  let next = 0;
  for (let tensor = 0; tensor < dag.tensors.length; tensor += 1) {
    const isGiven = dag.tensors[tensor]?.rule === undefined;
    values.push(isGiven ? (given[next++] ?? new Float32Array(0)) : evaluateTensor(dag, values, tensor));
    if (values[tensor]?.some((value) => !Number.isFinite(value))) return undefined;
  }
  const read = (view: View) =>
    Float32Array.from({ length: view.rows * view.cols }, (_, i) => {
      const at = view.offset + Math.floor(i / view.cols) * view.stride + (i % view.cols);
      return values[view.tensor]?.[at] ?? Number.NaN;
    });
  const input = layer.op === 'embedding' ? new Float32Array(0) : read(back.input);
  return [read(out), input, ...back.parameters.map(read)].map(bits);
}

function makeCase(json: LayerSpec, input: Shape, salt: number, spread: number): [Layer, Given] {
  const layer = namedRow(layerOperators, json.op, 'op').bind(
    { ...json },
    'layer',
    input,
    json.op === 'add' ? [input] : [],
  );
  const rows = sizeOf(input) > 500 ? 1 : 3;
  const width = rows * sizeOf(input);
  // Numbers of a vocabulary, some of them no rows of the table, -0 and a denormal among them.
  const words = Float32Array.from({ length: width }, (_, i) => [i % 301, -0, 2 ** -149, -1, 0.5][i % 5] ?? 0);
  const x = json.op === 'embedding' ? words : awkward(width, salt, spread);
  const weights = layer.parameters.map((shape, i) => awkward(shape.rows * shape.cols, salt + i + 1, spread));
  const dy = awkward(rows * layer.width, salt + 20, spread);
  const other = json.op === 'add' ? awkward(width, salt + 21, spread) : undefined;
  return [
    layer,
    { weights, x, dy, other, rows, place: { key: philoxKey(testSeed), step: salt, layer: 2, firstRow: 3 } },
  ];
}

describe.each(cases)('%s', (_name, json, input) => {
  it('has the bits of its leaves with denormals and both zeros', () => {
    let finite = 0;
    for (const [salt, spread] of [
      [1, 6],
      [2, 20],
      [3, 30],
    ] as const) {
      const [layer, given] = makeCase(json, input, salt, spread);
      const expected = byF(layer, given);
      finite += expected === undefined ? 0 : 1;
      expect(byLeaves(layer, given)).toEqual(expected);
    }
    expect(finite).toBeGreaterThan(0);
  });

  it('stops being finite exactly where one of its leaves does, up to the largest floats', () => {
    for (const [salt, spread] of [
      [4, 90],
      [5, 150],
      [6, 250],
    ] as const) {
      const [layer, given] = makeCase(json, input, salt, spread);
      expect(byLeaves(layer, given)).toEqual(byF(layer, given));
    }
    const [layer, given] = makeCase(json, input, 7, 2);
    const largest = given.x.map((_, i) => (i % 2 === 0 ? 1 : -1) * 3.4028234663852886e38);
    const extreme = json.op === 'embedding' ? given : { ...given, x: largest };
    expect(byLeaves(layer, extreme)).toEqual(byF(layer, extreme));
  });
});

it('has a case for every layer of the opset', () => {
  expect(new Set(cases.map(([, { op }]) => op))).toEqual(new Set(Object.keys(layerOperators)));
});
