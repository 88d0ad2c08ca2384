import { asObject, namedRow, SpecError } from './operators/fields.ts';
import type { Layer, Shape } from './operators/operator.ts';
import { layerOperators } from './opset.ts';

/**
 * Which layer reads what: the layer before it, or the output of the layer that its `from` names; `add` reads a second
 * one. Values are counted from the features: value 0 is the data, value i + 1 the output of layer i.
 */
export interface WiredLayer {
  readonly layer: Layer;
  /** The value that it reads. */
  readonly source: number;
  /** The value that it joins, if any. */
  readonly other?: number;
}

/**
 * Binds a list of layers, from the first one on.
 * @param each is called after each layer, so that a bound is met before more is bound
 * @throws SpecError that names the layer
 */
export function wireLayers(list: readonly unknown[], input: Shape, each?: (wired: Layer, path: string) => void) {
  const outputs: Shape[] = [];
  const wired = list.map((entry, index): WiredLayer => {
    const path = `spec.layers[${index}]`;
    const { from, ...json } = asObject(entry, path);
    const source = from === undefined ? index : sourceOf(from, `${path}.from`, index);
    const shape = source === 0 ? input : (outputs[source - 1] ?? input);
    const layer = namedRow(layerOperators, json.op, `${path}.op`).bind(json, path, shape, outputs);
    outputs.push(layer.output);
    each?.(layer, path);
    return { layer, source, other: layer.joins === undefined ? undefined : layer.joins + 1 };
  });
  const read = new Set(wired.flatMap(({ source, other }) => [source, other ?? source]));
  const idle = outputs.findIndex((_, layer) => layer < list.length - 1 && !read.has(layer + 1));
  if (idle >= 0) throw new SpecError(`spec.layers[${idle}]`, 'is read by no other layer');
  return wired;
}

/** `from` names an earlier layer; the layer before is read anyway, and has one way to be named: none. */
function sourceOf(from: unknown, path: string, index: number): number {
  if (typeof from !== 'number' || !Number.isInteger(from) || from < 0 || from > index - 2) {
    throw new SpecError(path, 'must be the number of a layer before the last one');
  }
  return from + 1;
}
