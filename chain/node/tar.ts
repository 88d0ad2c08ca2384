/** A file in an archive. */
export interface TarEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An archive that is not what `writeTar` or `tar` make of plain files; the message begins with "the archive". */
export class TarError extends Error {
  override readonly name = 'TarError';
}

const blockBytes = 512;

/** A file as POSIX tar has it (ustar, IEEE 1003.1): header, content, padding. Names have at most 100 ASCII characters. */
export function tarEntry({ name, bytes }: TarEntry): Buffer {
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0, 100, 'ascii');
  header.write('0000600\0', 100, 'ascii');
  header.write('0000000\0', 108, 'ascii');
  header.write('0000000\0', 116, 'ascii');
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124, 'ascii');
  // The same archive of the same files: without the time at which it was made.
  header.write('00000000000\0', 136, 'ascii');
  header.write('0', 156, 'ascii');
  header.write('ustar\x0000', 257, 'ascii');
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return Buffer.concat([header, bytes, Buffer.alloc(padding(bytes.length))]);
}

/** What stands behind the last file. */
export const tarEnd = Buffer.alloc(2 * blockBytes);

/** Files of an archive, one after another. Throws `TarError` for a damaged one and for files above `mostBytes`. */
export async function* readTar(stream: AsyncIterable<Uint8Array>, mostBytes: number): AsyncIterable<TarEntry> {
  const reader = new BlockReader(stream);
  for (;;) {
    const header = await reader.take(blockBytes);
    if (header.every((byte) => byte === 0)) return;
    if (Number.parseInt(text(header, 148, 8), 8) !== checksum(header)) throw new TarError('the archive is damaged');
    const name = text(header, 0, 100);
    const size = Number.parseInt(text(header, 124, 12), 8);
    const kind = text(header, 156, 1);
    if (kind !== '0' && kind !== '') throw new TarError(`the archive holds ${name}, which is no plain file`);
    if (!(size >= 0 && size <= mostBytes)) throw new TarError(`the archive holds ${name} of ${size} bytes`);
    const bytes = await reader.take(size);
    await reader.take(padding(size));
    yield { name, bytes };
  }
}

/** Sum of the header's bytes, its own field counted as blanks. */
function checksum(header: Buffer): number {
  return header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);
}

function padding(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

function text(header: Buffer, at: number, length: number): string {
  return header
    .subarray(at, at + length)
    .toString('latin1')
    .replace(/[\0 ].*$/s, '');
}

class BlockReader {
  readonly #stream: AsyncIterator<Uint8Array>;
  #parts: Buffer[] = [];
  #held = 0;

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#stream = stream[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Buffer> {
    while (this.#held < count) {
      const next = await this.#stream.next();
      if (next.done === true) throw new TarError('the archive ends early');
      this.#parts.push(Buffer.from(next.value));
      this.#held += next.value.length;
    }
    const all = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
    const taken = Buffer.from((all ?? Buffer.alloc(0)).subarray(0, count));
    this.#parts = all === undefined || all.length === count ? [] : [all.subarray(count)];
    this.#held -= count;
    return taken;
  }
}
