/**
 * The fixed binary tree in which shards are added: neighbours first, level by level; the last of an odd number goes up as
 * it is. With one shard nothing is added.
 *
 * @throws RangeError without shards
 */
export function inTree<T>(shards: readonly T[], add: (left: T, right: T) => T): T {
  const [first] = shards;
  if (first === undefined) throw new RangeError('a step has at least one shard');
  if (shards.length === 1) return first;
  const above: T[] = [];
  for (let i = 0; i < shards.length; i += 2) {
    const [left, right] = shards.slice(i, i + 2);
    if (left !== undefined) above.push(right === undefined ? left : add(left, right));
  }
  return inTree(above, add);
}
