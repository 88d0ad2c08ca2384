import { type PhiloxKey, philox, purposes } from './random.ts';

/**
 * Batch order: in every epoch a new permutation of the records, keyed by (seed, epoch). It is a Feistel network, so the
 * record at one position is computed alone, in constant time, and can be disputed alone.
 */

const ROUNDS = 8;

/** Which record stands at `position` (0 to size - 1) of an epoch. */
export function permute(key: PhiloxKey, epoch: number, size: number, position: number): number {
  if (!Number.isInteger(position) || position < 0 || position >= size) {
    throw new RangeError(`position ${position} is outside ${size} records`);
  }
  const side = squareSide(size);
  // Cycle walking: positions of the square beyond `size` are stepped over; a permutation always comes back.
  let point = position;
  do point = feistel(key, epoch, side, point);
  while (point >= size);
  return point;
}

/** The record of row `row` of the batch of step `step` (from 0). The last, ragged batch of an epoch is dropped. */
export function recordOf(key: PhiloxKey, records: number, batch: number, step: number, row: number): number {
  const { epoch, position } = batchStart(records, batch, step);
  return permute(key, epoch, records, position + row);
}

/** The epoch of step `step`, and the position in it of the batch's first record. @throws RangeError for too few records */
export function batchStart(records: number, batch: number, step: number): { epoch: number; position: number } {
  const stepsPerEpoch = Math.floor(records / batch);
  if (stepsPerEpoch === 0) throw new RangeError(`${records} records do not fill a batch of ${batch}`);
  return { epoch: Math.floor(step / stepsPerEpoch), position: (step % stepsPerEpoch) * batch };
}

/** A permutation of the square of `side`: (left, right) -> (right, left + f(right) mod side), eight times. */
function feistel(key: PhiloxKey, epoch: number, side: number, point: number): number {
  let left = Math.floor(point / side);
  let right = point % side;
  for (let round = 0; round < ROUNDS; round += 1) {
    const [word] = philox([right, round, epoch, purposes.order], key);
    const mixed = (left + word) % side;
    left = right;
    right = mixed;
  }
  return left * side + right;
}

/** Smallest integer whose square is at least `size`; found by counting, since a float root may round. */
export function squareSide(size: number): number {
  let side = Math.max(1, Math.floor(Math.sqrt(size)) - 1);
  while (side * side < size) side += 1;
  return side;
}
