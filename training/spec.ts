/** What a trainer promises to do: model and recipe as data. Field names are those of the JSON document. */
export interface Spec {
  readonly opset: 1;
  readonly lane: 'exact';
  readonly input: readonly [number];
  readonly layers: readonly LayerSpec[];
  readonly loss: 'softmax_cross_entropy';
  readonly optimizer: { readonly op: 'sgd'; readonly learning_rate: number };
  readonly batch: number;
  readonly steps: number;
  readonly commit_every: number;
  readonly shards: 1;
  readonly record: { readonly features: number; readonly classes: number };
}

export type LayerSpec = { readonly op: 'dense'; readonly units: number } | { readonly op: 'relu' };

/** A specification that is refused; `path` names the field. */
export class SpecError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(`${path}: ${message}`);
    this.name = 'SpecError';
    this.path = path;
  }
}

/** Reads canonical JSON (sorted keys, no blanks). @throws SpecError */
export function parseSpec(_bytes: Uint8Array): Spec {
  throw new Error('not built yet');
}

/** SHA-256 of the canonical JSON. */
export function specHash(_spec: Spec): Uint8Array {
  throw new Error('not built yet');
}
