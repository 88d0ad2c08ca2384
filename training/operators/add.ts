import { flat, map } from '../rules.ts';
import { integerField, onlyFields, SpecError } from './fields.ts';
import { type LayerOperator, sizeOf } from './operator.ts';

/** y = x + the output of layer `with`, of one shape: a residual connection (He et al., arXiv 1512.03385). */
export const add: LayerOperator = {
  bind(json, path, input, outputs) {
    onlyFields(json, path, ['op', 'with']);
    if (outputs.length === 0) throw new SpecError(path, 'needs a layer before it');
    const joins = integerField(json, path, 'with', 0, outputs.length - 1);
    const other = outputs[joins] ?? [];
    if (other.length !== input.length || other.some((size, i) => size !== input[i])) {
      throw new SpecError(`${path}.with`, `has the shape [${other.join(', ')}], the input [${input.join(', ')}]`);
    }
    const width = sizeOf(input);
    return {
      op: 'add',
      inputWidth: width,
      width,
      output: input,
      joins,
      parameters: [],
      flops: 2 * width,
      forward(_weights, x, _rows, kernels, _place, other) {
        const out = x.map((value, i) => value + (other?.[i] ?? 0));
        kernels.ensureFinite(out, 'add');
        return out;
      },
      backward: (_weights, _x, dy) => ({ input: dy, parameters: [] }),
      traceForward: (b, _weights, x, _rows, _place, other) =>
        map(
          b,
          'output',
          x.rows,
          x.cols,
          (row, col) => {
            const index = row * x.cols + col;
            return other === undefined ? [flat(x, index)] : [flat(x, index), flat(other, index)];
          },
          ([value = 0, second = 0]) => Math.fround(value + second),
        ),
      traceBackward: (_b, _weights, _x, dy) => ({ input: dy, parameters: [] }),
    };
  },
};
