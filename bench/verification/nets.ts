import type { Spec } from '../../training/spec.ts';
import { digitsSpec } from '../../training/testing/fixtures.ts';

type Changes = Partial<Record<keyof Spec, unknown>>;

export const batches = [32, 128, 512, 2_048, 4_096];

const adam = { op: 'adam', learning_rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/**
 * Networks whose trainers hash, over pictures of 28 x 28: the story's (two dense layers, 25 thousand weights), one of
 * convolutions with norms and pools by Adam, whose state is three times its weights.
 */
export const nets = {
  dense: (changes: Changes) => digitsSpec(changes),
  conv: (changes: Changes) =>
    digitsSpec({
      input: [28, 28, 1],
      layers: [
        { op: 'conv2d', filters: 8, size: 3, stride: 1, padding: 'same' },
        { op: 'batch_norm', momentum: 0.9, epsilon: 1e-3 },
        { op: 'relu' },
        { op: 'max_pool2d', size: 2, stride: 2 },
        { op: 'conv2d', filters: 16, size: 3, stride: 1, padding: 'same' },
        { op: 'relu' },
        { op: 'avg_pool2d', size: 2, stride: 2 },
        { op: 'flatten' },
        { op: 'dense', units: 10 },
      ],
      optimizer: adam,
      ...changes,
    }),
} as const satisfies Readonly<Record<string, (changes: Changes) => Spec>>;
