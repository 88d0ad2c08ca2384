import { describe, expect, it } from 'vitest';
import { admitRun, disputeSize, unitTensors } from './admit.ts';
import { networkOf, stepFlops } from './network.ts';
import {
  canonicalJson,
  checkSpec,
  encodeSpec,
  parseSpec,
  recordBytes,
  specHash,
  specLimits,
  unitCount,
} from './spec.ts';
import { digitsSpec, smallSpec } from './testing/fixtures.ts';
import { encoderSpec, resnet50Spec } from './testing/large.ts';
import { unitDag } from './unitDag.ts';

const refusal = (changes: Record<string, unknown>): string => {
  try {
    checkSpec({ ...smallSpec(), ...changes });
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return 'accepted';
};

const words = { op: 'embedding', vocabulary: 3, units: 3 };

describe('a specification', () => {
  it('is read back from its canonical bytes, and its hash never changes', () => {
    const spec = digitsSpec();
    expect(parseSpec(encodeSpec(spec))).toEqual(spec);
    expect(new TextDecoder().decode(encodeSpec(spec))).toBe(
      '{"batch":32,"commit_every":1,"input":[784],"lane":"exact","layers":[{"op":"dense","units":32},{"op":"relu"},{"op":"dense","units":10}],"loss":"softmax_cross_entropy","opset":1,"optimizer":{"learning_rate":0.1,"op":"sgd"},"record":{"classes":10,"features":784},"shards":1,"steps":200}',
    );
    expect(Buffer.from(specHash(spec)).toString('hex')).toBe(
      '7d5e940173578703e890d38dd86a67afa69f7ec2489be71c92c7094043b97ac4',
    );
  });

  it('has one form only: other key orders, blanks and repeated keys are refused', () => {
    const text = canonicalJson(smallSpec());
    for (const other of [
      ` ${text}`,
      JSON.stringify(smallSpec(), null, 1),
      text.replace('{', '{"batch":9,'),
      '{',
      '[]',
    ]) {
      expect(() => parseSpec(new TextEncoder().encode(other))).toThrow('spec');
    }
    expect(() => parseSpec(new Uint8Array(specLimits.bytes + 1))).toThrow('16384 bytes');
    expect(() => parseSpec(Uint8Array.of(0xff, 0xfe))).toThrow('spec');
    expect(() => parseSpec(Uint8Array.of(0xef, 0xbb, 0xbf, ...new TextEncoder().encode(text)))).toThrow('canonical');
    const deep = `{"batch":${'['.repeat(8_000)}${']'.repeat(8_000)}}`;
    expect(() => parseSpec(new TextEncoder().encode(deep))).toThrow('spec.opset');
  });

  it.each([
    ['an unknown field', { seed: 1 }, 'spec.seed'],
    ['another opset', { opset: 2 }, 'spec.opset'],
    ['another lane', { lane: 'lucky' }, 'spec.lane'],
    ['no shards', { shards: 0 }, 'spec.shards'],
    ['shards that do not divide the batch', { shards: 3 }, 'spec.shards: must divide the batch of 8'],
    ['more shards than the bound', { shards: 128, batch: 128 }, 'spec.shards'],
    [
      'an embedding that is not first',
      { layers: [{ op: 'relu' }, { op: 'embedding', vocabulary: 3, units: 3 }] },
      'first',
    ],
    ['a vocabulary of 0', { layers: [{ op: 'embedding', vocabulary: 0, units: 3 }] }, 'spec.layers[0].vocabulary'],
    ['attention over one row', { layers: [{ op: 'attention', heads: 1, size: 1 }] }, 'spec.layers[0]: takes rows'],
    ['no heads', { layers: [words, { op: 'attention', heads: 0, size: 1 }] }, 'spec.layers[1].heads'],
    ['heads beyond the bound', { layers: [words, { op: 'attention', heads: 1, size: 257 }] }, 'spec.layers[1].size'],
    ['dropout of everything', { layers: [{ op: 'dropout', rate: 1 }] }, 'spec.layers[0].rate'],
    ['a layer norm without epsilon', { layers: [{ op: 'layer_norm', epsilon: 0 }] }, 'spec.layers[0].epsilon'],
    ['an unknown schedule', { schedule: { op: 'cyclic' } }, 'spec.schedule.op'],
    ['a schedule that is none', { schedule: undefined }, 'spec.schedule'],
    ['a warm-up longer than the run', { schedule: { op: 'inverse_sqrt', warmup: 21 } }, 'spec.schedule.warmup'],
    ['a factor that grows', { schedule: { op: 'step_decay', every: 2, factor: 1.5 } }, 'spec.schedule.factor'],
    ['an end beyond 1', { schedule: { op: 'linear_decay', warmup: 0, end: 2 } }, 'spec.schedule.end'],
    ['an add before any layer', { layers: [{ op: 'add', with: 0 }] }, 'spec.layers[0]: needs a layer before'],
    ['an add of a later layer', { layers: [{ op: 'relu' }, { op: 'add', with: 1 }] }, 'spec.layers[1].with'],
    [
      'an add of another shape',
      {
        layers: [
          { op: 'dense', units: 4 },
          { op: 'dense', units: 3 },
          { op: 'add', with: 0 },
        ],
      },
      'spec.layers[2].with: has the shape [4], the input [3]',
    ],
    ['a branch from the layer before', { layers: [{ op: 'relu' }, { op: 'dense', units: 3, from: 0 }] }, 'from'],
    [
      'a layer that nothing reads',
      { layers: [{ op: 'relu' }, { op: 'relu' }, { op: 'dense', units: 3, from: 0 }] },
      'spec.layers[1]: is read by no other layer',
    ],
    ['an input that is not the record', { input: [11] }, 'spec.input'],
    ['no layers', { layers: [] }, 'spec.layers'],
    ['too many layers', { layers: new Array(257).fill({ op: 'relu' }) }, 'spec.layers'],
    ['an unknown layer', { layers: [{ op: 'conv9d' }] }, 'spec.layers[0].op: must be one of dense, relu'],
    ['a layer named like a method', { layers: [{ op: 'toString' }] }, 'spec.layers[0].op'],
    ['an unknown setting of a layer', { layers: [{ op: 'dense', units: 3, bias: false }] }, 'spec.layers[0].bias'],
    ['no units', { layers: [{ op: 'dense', units: 0 }] }, 'spec.layers[0].units'],
    ['units that are no integer', { layers: [{ op: 'dense', units: 1.5 }] }, 'spec.layers[0].units'],
    ['outputs that are not the classes', { layers: [{ op: 'dense', units: 4 }] }, 'spec.layers'],
    ['nothing to train', { layers: [{ op: 'relu' }], record: { features: 12, classes: 12 } }, 'spec.layers'],
    ['an unknown loss', { loss: 'hinge' }, 'spec.loss'],
    ['an unknown optimizer', { optimizer: { op: 'lion' } }, 'spec.optimizer.op'],
    ['a learning rate of 0', { optimizer: { op: 'sgd', learning_rate: 0 } }, 'spec.optimizer.learning_rate'],
    ['a learning rate below float32', { optimizer: { op: 'sgd', learning_rate: 1e-60 } }, 'learning_rate'],
    ['a batch beyond the bound', { batch: 4_097 }, 'spec.batch'],
    ['no steps', { steps: 0 }, 'spec.steps'],
    ['steps that units do not divide', { commit_every: 3 }, 'spec.commit_every'],
    [
      'more parameters than the bound',
      {
        layers: [
          { op: 'dense', units: 65_536 },
          { op: 'dense', units: 65_536 },
        ],
      },
      'parameters',
    ],
    [
      'more work in a unit than a verifier can repeat',
      {
        layers: [
          { op: 'dense', units: 65_536 },
          { op: 'dense', units: 256 },
          { op: 'dense', units: 3 },
        ],
        batch: 4_096,
        commit_every: 20,
      },
      'too many for a unit',
    ],
    ['one class', { record: { features: 12, classes: 1 } }, 'spec.record.classes'],
  ])('with %s is refused, and the message names the field', (_name, changes, part) => {
    expect(refusal(changes)).toContain(part);
  });

  it('tells its units, parameters and work', () => {
    const network = networkOf(digitsSpec({ commit_every: 4 }));
    expect(unitCount(network.spec)).toBe(50);
    expect(network.stateLength).toBe(784 * 32 + 32 + 32 * 10 + 10);
    expect(network.parameters.map(({ name, offset }) => [name, offset])).toEqual([
      ['layers.0.kernel', 0],
      ['layers.0.bias', 25_088],
      ['layers.2.kernel', 25_120],
      ['layers.2.bias', 25_440],
    ]);
    expect(stepFlops(network)).toBe(32 * (6 * 784 * 32 + 2 * 32 + 6 * 32 * 10));
  });
});

describe('the admission of a run', () => {
  it('refuses data that does not fit, and disputes that would not', () => {
    const spec = smallSpec();
    expect(() => admitRun(spec, 8, 52)).not.toThrow();
    expect(() => admitRun(spec, 7, 52)).toThrow('needs 8 records');
    expect(() => admitRun(spec, 8, 56)).toThrow('records of 52 bytes');
    const deep = smallSpec({
      layers: [...new Array(63).fill({ op: 'relu' }), { op: 'dense', units: 3 }],
      steps: 64,
      commit_every: 64,
    });
    expect(() => admitRun(deep, 8, 52)).toThrow('tensors');
  });

  it('counts the tensors of a unit without laying out all of its steps', () => {
    for (const changes of [
      { steps: 12, commit_every: 1 },
      { steps: 12, commit_every: 6 },
      { steps: 12, commit_every: 6, shards: 8 },
      { steps: 12, batch: 520, shards: 2 },
      { lane: 'tolerant', shards: 4 },
    ]) {
      const spec = smallSpec(changes);
      expect(unitTensors(spec)).toBe(unitDag(networkOf(spec), new Uint8Array(32), 600, 1).tensors.length);
    }
  });

  it('takes a ResNet-50 and an encoder of 91 million weights, with disputes within 8 moves and 32 KiB', () => {
    const residual = resnet50Spec();
    expect(networkOf(residual).weightsLength).toBe(25_583_592);
    expect(disputeSize(residual, 1_281_167)).toEqual({ moves: 8, bytes: 23_200 });
    expect(() => admitRun(residual, 1_281_167, recordBytes(residual))).not.toThrow();
    const encoder = encoderSpec();
    expect(networkOf(encoder).weightsLength).toBe(91_362_322);
    expect(disputeSize(encoder, 100_000)).toEqual({ moves: 7, bytes: 24_064 });
    expect(() => admitRun(encoder, 100_000, recordBytes(encoder))).not.toThrow();
  });

  it('refuses a unit of too many shards, or of too large a tensor, before it lays all of it out', () => {
    const many = resnet50Spec({ shards: 32, optimizer: { op: 'sgd', learning_rate: 0.1 } });
    expect(() => admitRun(many, 1_281_167, recordBytes(many))).toThrow('tensors, more than 4096');
    const wide = smallSpec({
      input: [16, 16, 16],
      layers: [
        { op: 'conv2d', filters: 1, size: 15, stride: 1, padding: 'same' },
        { op: 'flatten' },
        { op: 'dense', units: 3 },
      ],
      batch: 4_096,
      record: { features: 4_096, classes: 3 },
    });
    expect(() => admitRun(wide, 4_096, recordBytes(wide))).toThrow('layer 0, conv2d: patches');
    const words = { op: 'embedding', vocabulary: 65_536, units: 1 };
    const layers = [words, { op: 'flatten' }, { op: 'dense', units: 3 }];
    const onehot = () => smallSpec({ ...wide, input: [4_096], layers, batch: 2 });
    expect(onehot).toThrow('spec.layers[0]: exceeds 268435456 activations');
  });

  it('keeps even the largest networks within 8 moves and 32 KiB', () => {
    const large = digitsSpec({
      layers: [{ op: 'dense', units: 60_000 }, { op: 'relu' }, { op: 'dense', units: 256 }],
      batch: 2_048,
      record: { features: 784, classes: 256 },
    });
    const { moves, bytes } = disputeSize(large, 10_000_000);
    expect(moves).toBeLessThanOrEqual(8);
    expect(bytes).toBeLessThanOrEqual(32_768);
    expect(disputeSize(digitsSpec(), 60_000)).toEqual({ moves: 4, bytes: 8_032 });
  });
});
