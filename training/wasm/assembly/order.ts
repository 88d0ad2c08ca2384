/** Which records a batch has: `order.ts` and `random.ts` in WebAssembly, in integers. */

/** Records at positions [from, to) of an epoch, as int32. */
export function order(
  out: usize,
  from: i32,
  to: i32,
  first: i32,
  records: i32,
  side: i32,
  epoch: i32,
  key0: i32,
  key1: i32,
): void {
  for (let i = from; i < to; i += 1) {
    let point = <u64>(first + i);
    do point = feistel(point, <u64>side, <u32>epoch, <u32>key0, <u32>key1);
    while (point >= <u64>records);
    store<i32>(out + ((<usize>i) << 2), <i32>point);
  }
}

/** Eight rounds (left, right) -> (right, (left + f(right)) mod side); `purpose` 1 is the order of batches. */
function feistel(point: u64, side: u64, epoch: u32, key0: u32, key1: u32): u64 {
  let left = point / side;
  let right = point % side;
  for (let round: u32 = 0; round < 8; round += 1) {
    const mixed = (left + <u64>philoxFirst(<u32>right, round, epoch, 1, key0, key1)) % side;
    left = right;
    right = mixed;
  }
  return left * side + right;
}

/** The first word of Philox4x32-10. */
function philoxFirst(c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32): u32 {
  for (let round = 0; round < 10; round += 1) {
    const p0 = <u64>0xd2511f53 * <u64>c0;
    const p1 = <u64>0xcd9e8d57 * <u64>c2;
    c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
    c1 = <u32>p1;
    c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
    c3 = <u32>p0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  return c0;
}
