import { createReadStream, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * Serves the files of one folder, whole or by a single byte range (RFC 9110, section 14), so that a broken download can
 * go on where it stopped. Anything that would lead out of the folder is not found.
 */
export async function serveFile(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = safePath(folder, request.url ?? '/');
  const size = path === undefined ? undefined : sizeOf(path);
  if (path === undefined || size === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('no such artifact\n');
    return;
  }
  const range = parseRange(request.headers.range, size);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    return;
  }
  const headers = { 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream' };
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range === undefined) response.writeHead(200, { ...headers, 'content-length': size });
  else {
    const contentRange = `bytes ${start}-${end}/${size}`;
    response.writeHead(206, { ...headers, 'content-length': end - start + 1, 'content-range': contentRange });
  }
  if (request.method === 'HEAD' || size === 0) response.end();
  else await pipeline(createReadStream(path, { start, end }), response);
}

function safePath(folder: string, url: string): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return undefined;
  }
  const path = normalize(join(folder, name));
  return name.includes('\0') || !path.startsWith(`${normalize(folder)}/`) ? undefined : path;
}

function sizeOf(path: string): number | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.size : undefined;
}

function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header ?? '');
  if (match === null) return undefined;
  const start = Number(match[1]);
  const end = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start >= size || end < start ? 'unsatisfiable' : { start, end };
}
