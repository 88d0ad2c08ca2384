import { resolve } from 'node:path';

/** A call that changes files, in the order in which the calls returned. */
export type FileCall =
  | { readonly kind: 'open'; readonly fd: number; readonly path: string; readonly flags: readonly string[] }
  | { readonly kind: 'write'; readonly fd: number; readonly bytes: Buffer; readonly offset: number | undefined }
  | { readonly kind: 'seek'; readonly fd: number; readonly offset: number }
  | { readonly kind: 'truncate'; readonly fd: number; readonly length: number }
  | { readonly kind: 'sync'; readonly fd: number }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string };

/** The system calls that `readTrace` understands, as `strace -e trace=` wants them. */
export const tracedCalls =
  'openat,write,pwrite64,writev,pwritev,lseek,ftruncate,fsync,fdatasync,rename,unlink,unlinkat,rmdir,mkdir';
/** Calls that would change files in a way that `readTrace` does not know: their presence is an error. */
export const strangeCalls = 'msync,fallocate,pwritev2,renameat,renameat2,truncate,link,copy_file_range,sendfile';

/** Reads what `strace -f -y -xx` wrote of one process. Throws on a call that it does not understand. */
export function readTrace(text: string): FileCall[] {
  const calls: FileCall[] = [];
  const begun = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/s.exec(line) ?? [];
    const unfinished = /^(.*) <unfinished \.\.\.>$/s.exec(rest);
    if (unfinished !== null) {
      begun.set(thread, unfinished[1] ?? '');
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/s.exec(rest);
    const whole = resumed === null ? rest : `${begun.get(thread) ?? ''}${resumed[1]}`;
    const match = /^(\w+)\((.*)\)\s+=\s+(-?\d+)/s.exec(whole);
    // What failed changed nothing; other lines tell of threads that end.
    if (match === null || match[3]?.startsWith('-')) continue;
    const call = readCall(match[1] ?? '', match[2] ?? '', Number(match[3]));
    if (call !== undefined) calls.push(call);
  }
  return calls;
}

function readCall(name: string, args: string, result: number): FileCall | undefined {
  const strings = [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/g)].map(([, hex = '', cut]) => {
    if (cut !== undefined) throw new Error(`strace has cut the bytes of a ${name}`);
    return Buffer.from(hex.replaceAll('\\x', ''), 'hex');
  });
  const fd = Number(/^\d+/.exec(args)?.[0] ?? -1);
  // `-y` tells the folder that a path is relative to.
  const folder = Buffer.from(/^\w+<([^>]*)>/.exec(args)?.[1]?.replaceAll('\\x', '') ?? '', 'hex').toString('utf8');
  const path = resolve(folder, strings[0]?.toString('utf8') ?? '');
  const last = Number(/(\d+)$/.exec(args)?.[1] ?? 0);
  switch (name) {
    case 'openat':
      return { kind: 'open', fd: result, path, flags: /"[^"]*", ([A-Z_|]+)/.exec(args)?.[1]?.split('|') ?? [] };
    case 'write':
    case 'writev':
      return { kind: 'write', fd, bytes: Buffer.concat(strings).subarray(0, result), offset: undefined };
    case 'pwrite64':
    case 'pwritev':
      return { kind: 'write', fd, bytes: Buffer.concat(strings).subarray(0, result), offset: last };
    case 'lseek':
      return { kind: 'seek', fd, offset: result };
    case 'ftruncate':
      return { kind: 'truncate', fd, length: last };
    case 'fsync':
    case 'fdatasync':
      return { kind: 'sync', fd };
    case 'rename':
      return { kind: 'rename', from: path, to: strings[1]?.toString('utf8') ?? '' };
    case 'unlink':
    case 'unlinkat':
    case 'rmdir':
      return { kind: 'remove', path };
    case 'mkdir':
      return { kind: 'folder', path };
    default:
      throw new Error(`the trace holds a ${name}, which this test does not know`);
  }
}
