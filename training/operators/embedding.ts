import { scatterRows } from '../canonical/rows.ts';
import type { DagBuilder, View } from '../dag.ts';
import { flat, map, matrixOf, product, transposed } from '../rules.ts';
import { integerField, onlyFields, SpecError } from './fields.ts';
import type { LayerOperator } from './operator.ts';

export const embeddingLimits = { vocabulary: 65_536, units: 4_096 } as const;

/** Initial values are uniform in this around 0, as Keras has them. */
const LIMIT = Math.fround(0.05);

/**
 * Row x of a table (vocabulary x units) for every number x of a record: the product of the onehot matrix with the table,
 * which is what its leaves compute. A number that is no row of the table is a row of zeros. It reads the data only.
 */
export const embedding: LayerOperator = {
  bind(json, path, input, outputs) {
    onlyFields(json, path, ['op', 'vocabulary', 'units']);
    const [length] = input;
    if (length === undefined || input.length !== 1) throw new SpecError(path, 'takes one row of numbers');
    if (outputs.length > 0) throw new SpecError(path, 'reads the data: it must be the first layer');
    const vocabulary = integerField(json, path, 'vocabulary', 1, embeddingLimits.vocabulary);
    const units = integerField(json, path, 'units', 1, embeddingLimits.units);
    const traceOnehot = (b: DagBuilder, x: View, positions: number) =>
      map(
        b,
        'onehot',
        positions,
        vocabulary,
        (row) => [flat(x, row)],
        ([id], _row, col) => (id === col ? 1 : 0),
      );
    return {
      op: 'embedding',
      inputWidth: length,
      width: length * units,
      output: [length, units],
      largest: length * vocabulary,
      parameters: [{ name: 'table', rows: vocabulary, cols: units, limit: LIMIT }],
      flops: 4 * length * units,

      forward([table], x) {
        const out = new Float32Array(x.length * units);
        x.forEach((id, position) => {
          if (!Number.isInteger(id) || id < 0 || id >= vocabulary) return;
          // From +0: a sum of the one term and zeros is never -0.
          for (let j = 0; j < units; j += 1) out[position * units + j] = 0 + (table?.[id * units + j] ?? 0);
        });
        return out;
      },

      backward(_weights, x, dy, _rows, _needInput, kernels) {
        const gradient = scatterRows(dy, x, vocabulary, units);
        kernels.ensureFinite(gradient, 'embedding, table gradient');
        return { input: new Float32Array(0), parameters: [gradient] };
      },

      traceForward(b, [table], x, rows) {
        if (table === undefined) throw new RangeError('embedding has a table');
        return product(b, 'output', traceOnehot(b, x, rows * length), transposed(b, 'table by columns', table));
      },

      traceBackward(b, _weights, x, dy, rows) {
        const positions = rows * length;
        const onehot = transposed(b, 'onehot by columns', traceOnehot(b, x, positions));
        const slopes = matrixOf(b, 'output gradient', dy, positions, units);
        const byColumns = transposed(b, 'output gradient by columns', slopes);
        return { input: dy, parameters: [product(b, 'table gradient', onehot, byColumns)] };
      },
    };
  },
};
