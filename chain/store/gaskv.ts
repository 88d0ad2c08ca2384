import { type GasMeter, kvGas } from '../gas.ts';
import type { ByteString, KeyRange, KVStore } from './kv.ts';

/** Charges every access as the SDK's gaskv store does (store/gaskv/store.go), before the work is done. */
export class GasStore implements KVStore {
  readonly #inner: KVStore;
  readonly #gas: GasMeter;

  constructor(inner: KVStore, gas: GasMeter) {
    this.#inner = inner;
    this.#gas = gas;
  }

  get(key: ByteString): Uint8Array | undefined {
    this.#gas.consume(kvGas.readCostFlat, 'ReadFlat');
    const value = this.#inner.get(key);
    this.#gas.consume(kvGas.readCostPerByte * key.length, 'ReadPerByte');
    this.#gas.consume(kvGas.readCostPerByte * (value?.length ?? 0), 'ReadPerByte');
    return value;
  }

  has(key: ByteString): boolean {
    this.#gas.consume(kvGas.hasCost, 'Has');
    return this.#inner.has(key);
  }

  set(key: ByteString, value: Uint8Array): void {
    this.#gas.consume(kvGas.writeCostFlat, 'WriteFlat');
    this.#gas.consume(kvGas.writeCostPerByte * key.length, 'WritePerByte');
    this.#gas.consume(kvGas.writeCostPerByte * value.length, 'WritePerByte');
    this.#inner.set(key, owned(value));
  }

  delete(key: ByteString): void {
    this.#gas.consume(kvGas.deleteCost, 'Delete');
    this.#inner.delete(key);
  }

  /** The first entry is charged when it is found, and each, also the first, when it is left for the next. */
  *iterate(range: KeyRange): Iterable<readonly [ByteString, Uint8Array]> {
    let any = false;
    for (const entry of this.#inner.iterate(range)) {
      if (!any) this.#chargeStep(entry);
      any = true;
      yield entry;
      this.#chargeStep(entry);
    }
    if (!any) this.#gas.consume(kvGas.iterNextCostFlat, 'IterNextFlat');
  }

  #chargeStep([key, value]: readonly [ByteString, Uint8Array]): void {
    this.#gas.consume(kvGas.readCostPerByte * key.length, 'ValuePerByte');
    this.#gas.consume(kvGas.readCostPerByte * value.length, 'ValuePerByte');
    this.#gas.consume(kvGas.iterNextCostFlat, 'IterNextFlat');
  }
}

/** V8 keeps typed arrays up to this length in its own heap; to look at the buffer of one would move it out. */
const shortBytes = 64;

/**
 * A piece of a larger buffer (a field of a decoded tx, an encoded message) would keep all of it in memory for as long as
 * the value is kept, so it gets bytes of its own. A short one that begins its buffer is taken for a whole.
 */
function owned(value: Uint8Array): Uint8Array {
  const isShort = value.length <= shortBytes;
  const isWhole = value.byteOffset === 0 && (isShort || value.length === value.buffer.byteLength);
  return isWhole ? value : new Uint8Array(value);
}
