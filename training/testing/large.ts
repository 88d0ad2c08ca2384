import { checkSpec, type LayerSpec, type Spec } from '../spec.ts';

/** Specifications of the size of well-known networks: what a dispute about them costs is computed, they are not trained. */

/** ResNet-50 (He et al., arXiv 1512.03385, table 1) for pictures of 224 x 224; its first pool has windows of 2 x 2 here. */
export function resnet50Spec(changes: Partial<Record<keyof Spec, unknown>> = {}): Spec {
  const layers: LayerSpec[] = [];
  const put = (layer: LayerSpec): number => layers.push(layer) - 1;
  const conv = (filters: number, size: number, stride: number, from?: number) => {
    const layer = { op: 'conv2d', filters, size, stride, padding: 'same' };
    put(from === undefined || from === layers.length - 1 ? layer : { ...layer, from });
    return put({ op: 'batch_norm', momentum: 0.9, epsilon: 1e-5 });
  };
  conv(64, 7, 2);
  put({ op: 'relu' });
  let block = put({ op: 'max_pool2d', size: 2, stride: 2 });
  for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
    const width = 64 * 2 ** stage;
    for (let i = 0; i < blocks; i += 1) {
      const stride = i === 0 && stage > 0 ? 2 : 1;
      const shortcut = i === 0 ? conv(4 * width, 1, stride) : block;
      conv(width, 1, stride, block);
      put({ op: 'relu' });
      conv(width, 3, 1);
      put({ op: 'relu' });
      conv(4 * width, 1, 1);
      put({ op: 'add', with: shortcut });
      block = put({ op: 'relu' });
    }
  }
  put({ op: 'avg_pool2d', size: 7, stride: 7 });
  put({ op: 'flatten' });
  put({ op: 'dense', units: 1_000 });
  return checkSpec({
    opset: 1,
    lane: 'exact',
    input: [224, 224, 3],
    layers,
    loss: 'softmax_cross_entropy',
    optimizer: { op: 'adamw', learning_rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 1e-4 },
    schedule: { op: 'cosine_decay', warmup: 5_000, end: 0 },
    batch: 32,
    steps: 100_000,
    commit_every: 1,
    shards: 1,
    record: { features: 150_528, classes: 1_000 },
    ...changes,
  });
}

/** An encoder of twelve blocks over 128 words (Devlin et al., arXiv 1810.04805, of the base size but for its vocabulary). */
export function encoderSpec(changes: Partial<Record<keyof Spec, unknown>> = {}): Spec {
  const layers: LayerSpec[] = [{ op: 'embedding', vocabulary: 8_192, units: 768 }];
  const put = (layer: LayerSpec): number => layers.push(layer) - 1;
  const joined = (start: number) => {
    put({ op: 'dropout', rate: 0.1 });
    put({ op: 'add', with: start });
    return put({ op: 'layer_norm', epsilon: 1e-6 });
  };
  let block = 0;
  for (let i = 0; i < 12; i += 1) {
    put({ op: 'attention', heads: 12, size: 64 });
    block = joined(block);
    put({ op: 'dense', units: 3_072 });
    put({ op: 'relu' });
    put({ op: 'dense', units: 768 });
    block = joined(block);
  }
  put({ op: 'dense', units: 16 });
  put({ op: 'flatten' });
  put({ op: 'dense', units: 2 });
  return resnet50Spec({ input: [128], layers, batch: 8, record: { features: 128, classes: 2 }, ...changes });
}
