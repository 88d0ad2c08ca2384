import { badInput } from './failure.ts';

/** A row's place in an order: which order, and the row's values in it. It stays right when other rows come and go. */
export interface Cursor {
  readonly order: string;
  readonly values: readonly string[];
}

/** Opaque for clients: base64url of JSON. */
export function encodeCursor({ order, values }: Cursor): string {
  return Buffer.from(JSON.stringify([order, ...values])).toString('base64url');
}

/** Throws when the text is not a cursor of this order with this many values. */
export function decodeCursor(text: string, order: string, count: number): Cursor {
  const parts = parse(text);
  if (parts === undefined || parts.length !== count + 1) throw badInput('this is not a cursor of this list');
  const [given = '', ...values] = parts;
  if (given !== order)
    throw badInput('the cursor belongs to another order of this list: use one from the same orderBy');
  return { order, values };
}

function parse(text: string): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!Array.isArray(parsed)) return undefined;
    return parsed.every((part): part is string => typeof part === 'string') ? parsed : undefined;
  } catch {
    return undefined;
  }
}
