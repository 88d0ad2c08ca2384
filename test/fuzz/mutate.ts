import type { Random } from '../sim/random.ts';

/** Numbers at which readers of lengths and varints break. */
const edges: readonly (readonly number[])[] = [
  [0x00],
  [0x7f],
  [0x80],
  [0xff],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
  [0x0a, 0xff, 0xff, 0xff, 0xff, 0x07],
  [0x0b, 0x0c],
];

/** Bytes like `input`, wrong in one to six places; sometimes parts of `other`, sometimes noise alone. */
export function mutate(random: Random, input: Uint8Array, other: Uint8Array): Uint8Array {
  if (random.oneIn(40)) return random.bytes(random.below(300));
  let bytes: Uint8Array = input;
  for (let i = 1 + random.below(6); i > 0; i--) bytes = once(random, bytes, other);
  return bytes;
}

function once(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  const length = 1 + random.below(16);
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random.below(8)) {
    case 0:
      return Buffer.concat([head, tail.subarray(length)]);
    case 1:
      return Buffer.concat([head, random.bytes(length), tail]);
    case 2:
      return Buffer.concat([head, tail.subarray(0, length), tail]);
    case 3:
      return Buffer.concat([head, Uint8Array.from(random.pick(edges)), tail]);
    case 4:
      return Buffer.concat([head, Uint8Array.from(random.pick(edges)), tail.subarray(length)]);
    case 5: {
      const from = random.below(other.length + 1);
      return Buffer.concat([
        head,
        other.subarray(from, from + random.below(200)),
        tail.subarray(random.below(2) * length),
      ]);
    }
    case 6:
      return head;
    default: {
      const changed = Uint8Array.from(bytes);
      if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
      return changed;
    }
  }
}
