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
    this.#gas.consume(kvGas.readCostPerByte * BigInt(key.length), 'ReadPerByte');
    this.#gas.consume(kvGas.readCostPerByte * BigInt(value?.length ?? 0), 'ReadPerByte');
    return value;
  }

  has(key: ByteString): boolean {
    this.#gas.consume(kvGas.hasCost, 'Has');
    return this.#inner.has(key);
  }

  set(key: ByteString, value: Uint8Array): void {
    this.#gas.consume(kvGas.writeCostFlat, 'WriteFlat');
    this.#gas.consume(kvGas.writeCostPerByte * BigInt(key.length), 'WritePerByte');
    this.#gas.consume(kvGas.writeCostPerByte * BigInt(value.length), 'WritePerByte');
    this.#inner.set(key, owned(value));
  }

  delete(key: ByteString): void {
    this.#gas.consume(kvGas.deleteCost, 'Delete');
    this.#inner.delete(key);
  }

  *iterate(range: KeyRange): Iterable<readonly [ByteString, Uint8Array]> {
    let any = false;
    for (const entry of this.#inner.iterate(range)) {
      any = true;
      this.#gas.consume(kvGas.readCostPerByte * BigInt(entry[0].length), 'ValuePerByte');
      this.#gas.consume(kvGas.readCostPerByte * BigInt(entry[1].length), 'ValuePerByte');
      this.#gas.consume(kvGas.iterNextCostFlat, 'IterNextFlat');
      yield entry;
    }
    if (!any) this.#gas.consume(kvGas.iterNextCostFlat, 'IterNextFlat');
  }
}

/**
 * A piece of a larger buffer (a field of a decoded tx, a pooled Buffer) would keep all of it in memory for as long as the
 * value is kept, so it gets bytes of its own.
 */
function owned(value: Uint8Array): Uint8Array {
  return value.byteLength === value.buffer.byteLength ? value : Uint8Array.from(value);
}
