import type { Registry } from '@cosmjs/proto-signing';

/** Deeper nesting stays bytes: no chain of ours wraps a message that often. */
const deepest = 8;

/**
 * A decoded message as JSON: 64-bit integers as decimal text, bytes in base64, times as ISO 8601. An `Any` inside is
 * decoded too where the registry knows its type, so that wrapped messages can be read.
 */
export function toPlain(value: unknown, registry: Registry, depth = 0): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map((item) => toPlain(item, registry, depth));
  if (typeof value !== 'object' || value === null) return value;
  const wrapped = depth < deepest ? unwrap(value, registry) : undefined;
  if (wrapped !== undefined) return { typeUrl: wrapped.typeUrl, value: toPlain(wrapped.message, registry, depth + 1) };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, toPlain(item, registry, depth)]),
  );
}

function unwrap(value: object, registry: Registry): { typeUrl: string; message: unknown } | undefined {
  if (!('typeUrl' in value && 'value' in value)) return undefined;
  const { typeUrl, value: bytes } = value;
  if (typeof typeUrl !== 'string' || !(bytes instanceof Uint8Array)) return undefined;
  try {
    return { typeUrl, message: registry.decode({ typeUrl, value: bytes }) };
  } catch {
    return undefined;
  }
}
