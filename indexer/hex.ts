/** Bytes as the project writes hashes: upper-case hex. */
export function hexText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}
