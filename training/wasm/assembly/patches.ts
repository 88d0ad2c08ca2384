/** The patches of positions [from, to), one row each; see `canonical/patches.ts` for what the numbers mean. */
export function gather(
  x: usize,
  out: usize,
  from: i32,
  to: i32,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  size: i32,
  step: i32,
  spread: i32,
  top: i32,
  left: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const row = width * pixel;
  const run = size * pixel;
  const area = outHeight * outWidth;
  for (let position = from; position < to; position += 1) {
    const record = position / area;
    const inside = position - record * area;
    const line = inside / outWidth;
    const firstY = line * step - top;
    const firstX = (inside - line * outWidth) * step - left;
    for (let ky = 0; ky < size; ky += 1) {
      const y = firstY + ky;
      if (y < 0 || y % spread !== 0 || y / spread >= height) fill(out, run);
      else if (spread === 1) {
        // Taps side by side are pixels side by side: zeros, one copy, zeros.
        const before = min(size, max(0, -firstX));
        const end = max(before, min(size, width - firstX));
        fill(out, before * pixel);
        const source = x + (record * height + y) * row + (firstX + before) * pixel;
        copy(source, out + before * pixel, (end - before) * pixel);
        fill(out + end * pixel, (size - end) * pixel);
      } else {
        const source = x + (record * height + y / spread) * row;
        for (let kx = 0; kx < size; kx += 1) {
          const at = firstX + kx;
          const target = out + kx * pixel;
          if (at < 0 || at % spread !== 0 || at / spread >= width) fill(target, pixel);
          else copy(source + (at / spread) * pixel, target, pixel);
        }
      }
      out += run;
    }
  }
}

/** Bytes, a multiple of 4; runs are short, so that a loop is quicker than memory.copy. */
function copy(source: usize, target: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(target + i, v128.load(source + i));
  for (; i < bytes; i += 4) store<f32>(target + i, load<f32>(source + i));
}

function fill(target: usize, bytes: usize): void {
  const zero = i32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(target + i, zero);
  for (; i < bytes; i += 4) store<f32>(target + i, 0);
}
