import { toByteString } from '../../sdk/codec/byteString.ts';
import { BinaryWriter } from '../../sdk/codec/index.ts';
import { ensure, sdkErrors } from '../errors.ts';
import { fromByteString, type KVReader, prefixEnd } from '../store/kv.ts';

/** More than a client reads at once; the SDK has no limit, and lets one query hold up a node. */
const maxEntries = 10_000;

/**
 * All entries whose keys begin with `prefix`, as the SDK's `/store/<name>/subspace` answers them: an encoded
 * `cosmos.store.internal.kv.v1beta1.Pairs`, keys whole. Throws `sdk` 18 on a prefix that has more than 10,000.
 */
export function subspace(store: KVReader, prefix: Uint8Array): Uint8Array {
  const start = toByteString(prefix);
  const writer = new BinaryWriter();
  let count = 0;
  for (const [key, value] of store.iterate({ start, end: prefixEnd(start) })) {
    ensure(++count <= maxEntries, sdkErrors.invalidRequest, `more than ${maxEntries} keys have this prefix`);
    const pair = new BinaryWriter().uint32(10).bytes(fromByteString(key));
    if (value.length > 0) pair.uint32(18).bytes(value);
    writer.uint32(10).bytes(pair.finish());
  }
  return writer.finish();
}
