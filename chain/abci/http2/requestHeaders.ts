import { errorCode, StreamError } from './frames.ts';
import type { HeaderField } from './hpackTables.ts';

/** Fields of HTTP/1.1 that name a connection (RFC 9113, 8.2.2). */
const connectionFields: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

const pseudoFields: ReadonlySet<string> = new Set([':method', ':scheme', ':path', ':authority']);

/** What a request says before its body. */
export interface RequestHead {
  readonly path: string;
  /** Bytes of the body, if they are said beforehand. */
  readonly contentLength: number | undefined;
}

/** Reads the fields of a request. Throws a `StreamError` on fields that are no request's (RFC 9113, 8.2 and 8.3.1). */
export function requestHead(stream: number, fields: readonly HeaderField[]): RequestHead {
  const pseudo = new Map<string, string>();
  let isPseudo = true;
  let contentLength: number | undefined;
  for (const [name, value] of fields) {
    if (name.startsWith(':')) {
      if (!isPseudo) throw malformed(stream, `${name} behind a field`);
      if (!pseudoFields.has(name)) throw malformed(stream, `${name} in a request`);
      if (pseudo.has(name)) throw malformed(stream, `${name} twice`);
      pseudo.set(name, value);
      continue;
    }
    isPseudo = false;
    if (name !== name.toLowerCase()) throw malformed(stream, `capitals in ${name}`);
    if (connectionFields.has(name)) throw malformed(stream, name);
    if (name === 'content-length') contentLength = Number(value);
    if (name === 'te' && value !== 'trailers') throw malformed(stream, `te: ${value}`);
  }
  const path = pseudo.get(':path');
  if (path === undefined || path === '') throw malformed(stream, 'no :path');
  if (!pseudo.has(':scheme') || !pseudo.has(':method')) throw malformed(stream, 'no :scheme or no :method');
  return { path, contentLength };
}

function malformed(stream: number, what: string): StreamError {
  return new StreamError(errorCode.protocol, stream, `malformed request: ${what}`);
}
