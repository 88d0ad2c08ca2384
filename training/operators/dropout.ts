import type { DagBuilder, View } from '../dag.ts';
import { randomWords, unitFloat } from '../random.ts';
import { flat, map } from '../rules.ts';
import { onlyFields } from './fields.ts';
import { type LayerOperator, type Place, sizeOf } from './operator.ts';
import { positive } from './settings.ts';

const f = Math.fround;

/**
 * Keeps a value where u >= rate, times 1 / (1 - rate), else +0 (Srivastava et al. 2014, inverted); u is drawn for (step,
 * layer, record of the batch, value), so that shards do not show. Evaluation keeps everything.
 */
export const dropout: LayerOperator = {
  bind(json, path, input) {
    onlyFields(json, path, ['op', 'rate']);
    const rate = positive(json, path, 'rate', 1);
    const scale = f(1 / f(1 - rate));
    const width = sizeOf(input);
    const masked = (values: Float32Array, place: Place) => {
      const keeps = keeper(place, place.firstRow * width, rate);
      return values.map((value, i) => (keeps(i) ? value * scale : 0));
    };
    const trace = (b: DagBuilder, name: string, view: View, values: View, place: Place) =>
      map(
        b,
        name,
        view.rows,
        view.cols,
        (row, col) => [flat(values, row * view.cols + col)],
        ([value = 0], row, col) =>
          keeper(place, place.firstRow * width, rate)(row * view.cols + col) ? f(value * scale) : 0,
      );
    return {
      op: 'dropout',
      inputWidth: width,
      width,
      output: input,
      parameters: [],
      flops: 2 * width,
      forward(_weights, x, _rows, kernels, place) {
        if (place === undefined) return x;
        const out = masked(x, place);
        kernels.ensureFinite(out, 'dropout');
        return out;
      },
      backward(_weights, _x, dy, _rows, _needInput, kernels, place) {
        const input = masked(dy, place);
        kernels.ensureFinite(input, 'dropout, input gradient');
        return { input, parameters: [] };
      },
      traceForward: (b, _weights, x, _rows, place) => trace(b, 'output', x, x, place),
      traceBackward: (b, _weights, x, dy, _rows, _needInput, place) => ({
        input: trace(b, 'input gradient', x, dy, place),
        parameters: [],
      }),
    };
  },
};

/** Whether the value at `first + i` of the batch is kept; four neighbours share one draw, so it is made once for them. */
export function keeper({ key, step, layer }: Place, first: number, rate: number): (i: number) => boolean {
  let quad = -1;
  let words: readonly number[] = [];
  return (i) => {
    const element = first + i;
    const wanted = Math.floor(element / 4);
    if (wanted !== quad) {
      quad = wanted;
      words = randomWords(key, 'dropout', step, layer, quad);
    }
    return unitFloat(words[element & 3] ?? 0) >= rate;
  };
}
