import { equalBytes, sha256 } from './merkle.ts';
import { asObject, integerField, namedRow, objectField, onlyFields, SpecError } from './operators/fields.ts';
import { type JsonObject, type Shape, sizeOf } from './operators/operator.ts';
import { lossOperators, optimizerOperators, scheduleOperators } from './opset.ts';
import { tolerances } from './tolerances.ts';
import { wireLayers } from './wiring.ts';

/**
 * The specification of a run: model and recipe as data. It travels as canonical JSON (keys sorted, no blanks, numbers as
 * ECMAScript prints them), and its hash is SHA-256 of those bytes. Field names are those of the document.
 */
export interface Spec {
  /** Version of the operators' tables. */
  readonly opset: 1;
  /** Exact: every value is F's. Tolerant: the gradient is any device's, near F's, and the update is F's. */
  readonly lane: 'exact' | 'tolerant';
  /** Shape of one input: the features of a record. */
  readonly input: readonly number[];
  readonly layers: readonly LayerSpec[];
  readonly loss: string;
  readonly optimizer: OperatorSpec;
  /** How the learning rate changes; absent where it stays. */
  readonly schedule?: OperatorSpec;
  /** Records of one step. */
  readonly batch: number;
  readonly steps: number;
  /** Steps of one unit: a leaf is committed after each. Divides `steps`. */
  readonly commit_every: number;
  /** Micro-batches of a step, of as many records each; their gradients are added in one fixed tree. Divides `batch`. */
  readonly shards: number;
  readonly record: RecordSpec;
}

export interface OperatorSpec {
  readonly op: string;
  readonly [setting: string]: string | number;
}

export type LayerSpec = OperatorSpec;

/** A record is `features` float32 and then its class as one float32, little endian. */
export interface RecordSpec {
  readonly features: number;
  readonly classes: number;
}

/** Bounds of opset 1; every reader of a specification refuses what is beyond them. */
export const specLimits = {
  bytes: 16_384,
  layers: 256,
  features: 262_144,
  classes: 4_096,
  batch: 4_096,
  shards: 64,
  steps: 1_000_000,
  commitEvery: 64,
  parameters: 2 ** 27,
  /** Elements of the largest activation of a batch, or of a layer's largest inner array. */
  activation: 2 ** 28,
  /** Floating-point operations of one unit, and of a run. */
  unitFlops: 1e12,
  runFlops: 1e17,
} as const;

const FIELDS = [
  'opset',
  'lane',
  'input',
  'layers',
  'loss',
  'optimizer',
  'schedule',
  'batch',
  'steps',
  'commit_every',
  'shards',
  'record',
] as const;

/** Reads a specification from canonical JSON. @throws SpecError that names the field */
export function parseSpec(bytes: Uint8Array): Spec {
  if (bytes.length > specLimits.bytes) throw new SpecError('spec', `has more than ${specLimits.bytes} bytes`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new SpecError('spec', 'is not JSON');
  }
  // Checked first: only then is it shallow, and safe to walk through recursively.
  const spec = checkSpec(json);
  if (!equalBytes(encodeSpec(spec), bytes)) {
    throw new SpecError('spec', 'is not canonical JSON: sort the keys, leave out blanks');
  }
  return spec;
}

/** Checks a specification that is already an object. @throws SpecError that names the field */
export function checkSpec(json: unknown): Spec {
  const spec = asObject(json, 'spec');
  onlyFields(spec, 'spec', FIELDS);
  constant(spec, 'opset', 1);
  if (spec.lane !== 'exact' && spec.lane !== 'tolerant') throw new SpecError('spec.lane', 'must be exact or tolerant');
  const record = objectField(spec, 'spec', 'record');
  onlyFields(record, 'spec.record', ['features', 'classes']);
  const features = integerField(record, 'spec.record', 'features', 1, specLimits.features);
  const classes = integerField(record, 'spec.record', 'classes', 2, specLimits.classes);
  const input = checkInput(spec.input, features);
  const batch = integerField(spec, 'spec', 'batch', 1, specLimits.batch);
  const shards = integerField(spec, 'spec', 'shards', 1, specLimits.shards);
  if (batch % shards !== 0) throw new SpecError('spec.shards', `must divide the batch of ${batch}`);
  const steps = integerField(spec, 'spec', 'steps', 1, specLimits.steps);
  const commitEvery = integerField(spec, 'spec', 'commit_every', 1, specLimits.commitEvery);
  if (steps % commitEvery !== 0) throw new SpecError('spec.commit_every', `must divide the ${steps} steps`);
  namedRow(lossOperators, spec.loss, 'spec.loss');
  const optimizer = objectField(spec, 'spec', 'optimizer');
  namedRow(optimizerOperators, optimizer.op, 'spec.optimizer.op').bind(optimizer, 'spec.optimizer');
  if ('schedule' in spec) {
    const schedule = objectField(spec, 'spec', 'schedule');
    namedRow(scheduleOperators, schedule.op, 'spec.schedule.op').bind(schedule, 'spec.schedule', steps);
  }
  checkLayers(spec.layers, input, classes, batch, { steps, commitEvery });
  if (spec.lane === 'tolerant') checkTolerant(spec.layers, commitEvery);
  return json as Spec;
}

/** A unit is one step, whose gradient is committed, and every layer has a tolerance. */
function checkTolerant(layers: unknown, commitEvery: number): void {
  if (commitEvery !== 1) throw new SpecError('spec.commit_every', 'must be 1 in the tolerant lane');
  const list: readonly unknown[] = Array.isArray(layers) ? layers : [];
  list.forEach((json, index) => {
    const path = `spec.layers[${index}]`;
    const { op } = asObject(json, path);
    if (typeof op !== 'string' || !Object.hasOwn(tolerances, op)) {
      throw new SpecError(
        `${path}.op`,
        `has no tolerance; in the tolerant lane: ${Object.keys(tolerances).join(', ')}`,
      );
    }
  });
}

/** [features], or a shape of up to three sizes that holds as many. */
function checkInput(input: unknown, features: number): Shape {
  const sizes: unknown[] = Array.isArray(input) ? input : [];
  const shape = sizes.filter((size): size is number => Number.isInteger(size) && Number(size) > 0);
  if (sizes.length === 0 || sizes.length > 3 || shape.length !== sizes.length || sizeOf(shape) !== features) {
    throw new SpecError('spec.input', `must be [${features}], the features of a record, or a shape of as many values`);
  }
  return shape;
}

/** Widths must fit from the features to the classes, and the sizes stay within the bounds. */
function checkLayers(
  layers: unknown,
  input: Shape,
  classes: number,
  batch: number,
  { steps, commitEvery }: { steps: number; commitEvery: number },
): void {
  if (!Array.isArray(layers) || layers.length === 0 || layers.length > specLimits.layers) {
    throw new SpecError('spec.layers', `must be a list of 1 to ${specLimits.layers} layers`);
  }
  let parameters = 0;
  let flops = 0;
  const wired = wireLayers(layers, input, (layer, path) => {
    for (const { rows, cols } of layer.parameters) parameters += rows * cols;
    flops += layer.flops * batch;
    if (parameters > specLimits.parameters) throw new SpecError(path, `exceeds ${specLimits.parameters} parameters`);
    if (batch * Math.max(layer.width, layer.largest ?? 0) > specLimits.activation)
      throw new SpecError(path, `exceeds ${specLimits.activation} activations`);
  });
  const shape = wired.at(-1)?.layer.output ?? input;
  if (shape.length !== 1 || shape[0] !== classes)
    throw new SpecError('spec.layers', `end with ${shape.join(' x ')} columns, but there are ${classes} classes`);
  if (parameters === 0) throw new SpecError('spec.layers', 'have nothing to train');
  if (flops * commitEvery > specLimits.unitFlops || flops * steps > specLimits.runFlops) {
    throw new SpecError('spec', `takes ${flops} operations a step, too many for a unit or for the run`);
  }
}

/** The bytes that are hashed and registered. */
export function encodeSpec(spec: Spec): Uint8Array {
  return new TextEncoder().encode(canonicalJson(spec));
}

/** SHA-256 of the canonical JSON. */
export function specHash(spec: Spec): Uint8Array {
  return sha256(encodeSpec(spec));
}

/** Units of a run; unit 0, the initial weights, is not counted. */
export function unitCount(spec: Spec): number {
  return spec.steps / spec.commit_every;
}

/** Bytes of one record. */
export function recordBytes(spec: Spec): number {
  return 4 * (spec.record.features + 1);
}

function constant(spec: JsonObject, key: string, value: string | number): void {
  if (spec[key] !== value) throw new SpecError(`spec.${key}`, `must be ${JSON.stringify(value)} in opset 1`);
}

/** JSON with sorted keys (by UTF-16 code unit) and without blanks. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}
