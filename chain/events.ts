/**
 * Events of a block and their typed declarations. A module declares each event once, in its `events.ts`; the state
 * machine writes it with `encode`, the indexer reads it back with `decode`, so the two cannot drift apart.
 */

export interface Attribute {
  readonly key: string;
  readonly value: string;
}

export interface ChainEvent {
  readonly type: string;
  readonly attributes: readonly Attribute[];
}

/** Collects events in order; a discarded branch drops its events with its writes. */
export class EventLog {
  readonly events: ChainEvent[] = [];

  emit(event: ChainEvent): void {
    this.events.push(event);
  }
}

/** How one attribute is written as text and read back. */
export interface AttributeCodec<V> {
  write(value: V): string;
  /** Throws when the text is not what `write` makes. */
  read(text: string): V;
}

export const text: AttributeCodec<string> = { write: (value) => value, read: (value) => value };

export const integer: AttributeCodec<bigint> = {
  write: (value) => value.toString(),
  read: (value) => {
    if (!/^-?\d+$/.test(value)) throw new Error(`not an integer: ${JSON.stringify(value)}`);
    return BigInt(value);
  },
};

export const flag: AttributeCodec<boolean> = {
  write: (value) => (value ? 'true' : 'false'),
  read: (value) => {
    if (value !== 'true' && value !== 'false') throw new Error(`not true or false: ${JSON.stringify(value)}`);
    return value === 'true';
  },
};

/** Bytes as upper-case hex. */
export const hex: AttributeCodec<Uint8Array> = {
  write: (value) => Buffer.from(value).toString('hex').toUpperCase(),
  read: (value) => {
    if (!/^([0-9A-F]{2})*$/.test(value)) throw new Error(`not upper-case hex: ${JSON.stringify(value)}`);
    return Uint8Array.from(Buffer.from(value, 'hex'));
  },
};

type Fields = Record<
  string,
  | AttributeCodec<never>
  | AttributeCodec<string>
  | AttributeCodec<bigint>
  | AttributeCodec<boolean>
  | AttributeCodec<Uint8Array>
>;
type ValueOf<C> = C extends AttributeCodec<infer V> ? V : never;
export type EventValues<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> };

export interface EventType<F extends Fields> {
  readonly type: string;
  encode(values: EventValues<F>): ChainEvent;
  /** Throws when an attribute is missing or malformed. */
  decode(event: ChainEvent): EventValues<F>;
}

/** Declares an event: `defineEvent('contribution_submitted', { id: integer, contributor: text })`. */
export function defineEvent<F extends Fields>(type: string, fields: F): EventType<F> {
  const names = Object.keys(fields);
  return {
    type,
    encode: (values) => ({
      type,
      attributes: names.map((key) => ({ key, value: writeAttribute(fields, key, values) })),
    }),
    decode: (event) => {
      if (event.type !== type) throw new Error(`event ${event.type} is not a ${type}`);
      const values: Record<string, unknown> = {};
      for (const key of names) {
        const attribute = event.attributes.find((candidate) => candidate.key === key);
        if (attribute === undefined) throw new Error(`event ${type} lacks attribute ${key}`);
        values[key] = fields[key]?.read(attribute.value);
      }
      return values as EventValues<F>;
    },
  };
}

function writeAttribute<F extends Fields>(fields: F, key: string, values: EventValues<F>): string {
  const codec = fields[key] as AttributeCodec<unknown>;
  return codec.write(values[key as keyof F]);
}
