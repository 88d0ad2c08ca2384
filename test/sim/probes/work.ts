import type { ChainEvent, EventLog } from '../../../chain/events.ts';
import type { GasStore } from '../../../chain/store/gaskv.ts';
import type { ByteString, KeyRange } from '../../../chain/store/kv.ts';
import type { Dag } from '../../../training/dag.ts';

/**
 * What each piece of work stands for, in units of about one microsecond of one core, measured once: a count times its unit
 * tells dear work from cheap work without a clock.
 */
export const workUnits = {
  /** A read, write, deletion or iterated entry, and each iterator that is opened. */
  access: 1,
  /** A byte of a key or value that is read or written. */
  storedByte: 0.001,
  /** A byte of a tx to decode. */
  txByte: 0.05,
  event: 0.5,
  hash: 1.2,
  hashedByte: 0.0003,
  /** Reading a specification of a run. */
  specByte: 0.1,
  /** A tensor of a unit's DAG laid out. */
  tensor: 2,
  /** A number that goes into a leaf's value. */
  term: 0.01,
  ecdsa: 50,
  vrfKey: 90,
  vrfProof: 2_700,
} as const;

export type Work = keyof typeof workUnits;

/** Counts work while a message is looked at. The wrappers below tell it. */
export class WorkMeter {
  readonly #counts = new Map<Work, number>();

  add(work: Work, count = 1): void {
    this.#counts.set(work, (this.#counts.get(work) ?? 0) + count);
  }

  /** What was counted since the last time. */
  take(): ReadonlyMap<Work, number> {
    const counts = new Map(this.#counts);
    this.#counts.clear();
    return counts;
  }
}

/** The store that handlers see, counting what is asked of it, whether gas is charged for it or not. */
export function countedStore(meter: WorkMeter, Base: typeof GasStore): typeof GasStore {
  const count = (key: ByteString, value?: Uint8Array) => {
    meter.add('access');
    meter.add('storedByte', key.length + (value?.length ?? 0));
  };
  return class extends Base {
    override get(key: ByteString): Uint8Array | undefined {
      const value = super.get(key);
      count(key, value);
      return value;
    }

    override has(key: ByteString): boolean {
      count(key);
      return super.has(key);
    }

    override set(key: ByteString, value: Uint8Array): void {
      count(key, value);
      super.set(key, value);
    }

    override delete(key: ByteString): void {
      count(key);
      super.delete(key);
    }

    override *iterate(range: KeyRange): Iterable<readonly [ByteString, Uint8Array]> {
      meter.add('access');
      for (const entry of super.iterate(range)) {
        count(...entry);
        yield entry;
      }
    }
  };
}

export function countedLog(meter: WorkMeter, Base: typeof EventLog): typeof EventLog {
  return class extends Base {
    override emit(event: ChainEvent): void {
      meter.add('event');
      super.emit(event);
    }
  };
}

/** The same function; `count` sees the arguments of each call first. */
export function counted<A extends readonly unknown[], R>(
  work: (...args: A) => R,
  count: (...args: A) => void,
): (...args: A) => R {
  return (...args) => {
    count(...args);
    return work(...args);
  };
}

/** A unit's DAG whose leaves count the numbers that they take. */
export function countedDag(meter: WorkMeter, dag: Dag): Dag {
  meter.add('tensor', dag.tensors.length);
  const tensors = dag.tensors.map((tensor) => {
    const { rule } = tensor;
    if (rule === undefined) return tensor;
    return {
      ...tensor,
      rule: {
        kind: rule.kind,
        inputs: (element: number) => rule.inputs(element),
        compute: (element: number, inputs: readonly Float32Array[]) => {
          meter.add(
            'term',
            inputs.reduce((sum, { length }) => sum + length, 0),
          );
          return rule.compute(element, inputs);
        },
      },
    };
  });
  return { ...dag, tensors };
}
