import { type HeaderField, huffmanCodes, staticTable } from './hpackTables.ts';

/** The peer's header block is none; the table that both sides keep is lost, so the connection has to end. */
export class CompressionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CompressionError';
  }
}

/** Bytes of the dynamic table that the peer may fill: what SETTINGS_HEADER_TABLE_SIZE starts with (RFC 7541, 4.2). */
const maxTableBytes = 4096;

/** What an entry counts beside its name and value (RFC 7541, 4.1). */
const entryOverhead = 32;

/** The end of a string is the longest code there is, and more bits of padding than 7 are an error (RFC 7541, 5.2). */
const endOfString = 256;
const maxPaddingBits = 7;

function sizeOf([name, value]: HeaderField): number {
  return name.length + value.length + entryOverhead;
}

/** Decodes the header blocks of one direction of one connection, in their order (HPACK, RFC 7541). */
export class HpackDecoder {
  readonly #maxListBytes: number;
  /** The dynamic table, newest entry first. */
  #table: HeaderField[] = [];
  #tableBytes = 0;
  #limit = maxTableBytes;
  #block: Buffer = Buffer.alloc(0);
  #offset = 0;

  /** @param maxListBytes largest list of fields, counted as the dynamic table counts */
  constructor(maxListBytes: number) {
    this.#maxListBytes = maxListBytes;
  }

  /** The fields of a block, in order. Throws a `CompressionError` on anything that is no block, and on a too long list. */
  decode(block: Buffer): HeaderField[] {
    this.#block = block;
    this.#offset = 0;
    const fields: HeaderField[] = [];
    let bytes = 0;
    while (this.#offset < block.length) {
      const field = this.#next(fields.length === 0);
      if (field === undefined) continue;
      bytes += sizeOf(field);
      if (bytes > this.#maxListBytes) throw new CompressionError(`a header list of over ${this.#maxListBytes} bytes`);
      fields.push(field);
    }
    return fields;
  }

  /** One representation (RFC 7541, 6); undefined for a new size of the table, which may only stand in front. */
  #next(isFirst: boolean): HeaderField | undefined {
    const byte = this.#block[this.#offset] ?? 0;
    if (byte >= 0x80) return this.#at(this.#integer(7));
    if (byte >= 0x40) {
      const field = this.#literal(6);
      this.#remember(field);
      return field;
    }
    if (byte < 0x20) return this.#literal(4);
    const limit = this.#integer(5);
    if (!isFirst) throw new CompressionError('the size of the table changes behind a field');
    if (limit > maxTableBytes) throw new CompressionError(`a table of ${limit} bytes, over ${maxTableBytes}`);
    this.#limit = limit;
    this.#evict();
    return undefined;
  }

  #at(index: number): HeaderField {
    const field = index <= staticTable.length ? staticTable[index - 1] : this.#table[index - staticTable.length - 1];
    if (field === undefined) throw new CompressionError(`no header field has the index ${index}`);
    return field;
  }

  #literal(prefixBits: number): HeaderField {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#string() : this.#at(index)[0];
    return [name, this.#string()];
  }

  #remember(field: HeaderField): void {
    this.#table.unshift(field);
    this.#tableBytes += sizeOf(field);
    this.#evict();
  }

  /** An entry larger than the table empties it, which is no error (RFC 7541, 4.4). */
  #evict(): void {
    while (this.#tableBytes > this.#limit) {
      const oldest = this.#table.pop();
      if (oldest === undefined) return;
      this.#tableBytes -= sizeOf(oldest);
    }
  }

  /** An integer behind the first bits of a byte (RFC 7541, 5.1), below 2^28. */
  #integer(prefixBits: number): number {
    const full = 2 ** prefixBits - 1;
    let value = this.#byte() & full;
    if (value < full) return value;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new CompressionError('an integer does not end within 4 bytes');
  }

  #byte(): number {
    const byte = this.#block[this.#offset];
    if (byte === undefined) throw new CompressionError('a header block ends inside a field');
    this.#offset += 1;
    return byte;
  }

  #string(): string {
    const isCompressed = (this.#block[this.#offset] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const end = this.#offset + length;
    if (end > this.#block.length) throw new CompressionError('a header block ends inside a string');
    const bytes = this.#block.subarray(this.#offset, end);
    this.#offset = end;
    return isCompressed ? decodeHuffman(bytes) : bytes.toString('latin1');
  }
}

/** The string behind HPACK's Huffman code, a character a byte (RFC 7541, 5.2). */
export function decodeHuffman(bytes: Uint8Array): string {
  const symbols: number[] = [];
  let code = 0;
  let bits = 0;
  /** Which of the codes' lengths is the shortest that the bits may still be. */
  let row = 0;
  for (const byte of bytes) {
    for (let mask = 0x80; mask > 0; mask >>= 1) {
      code = code * 2 + (byte & mask ? 1 : 0);
      bits += 1;
      const codes = huffmanCodes[row];
      if (codes === undefined || bits < codes.bits) continue;
      const symbol = codes.symbols[code - codes.first];
      if (symbol === undefined) {
        row += 1;
        continue;
      }
      if (symbol === endOfString) throw new CompressionError('a string holds the code of its end');
      symbols.push(symbol);
      code = 0;
      bits = 0;
      row = 0;
    }
  }
  if (bits > maxPaddingBits || code !== 2 ** bits - 1)
    throw new CompressionError('a string is padded with other than ones');
  return Buffer.from(symbols).toString('latin1');
}
