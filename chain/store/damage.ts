/** A file of the store that is not what was written; nothing of it is loaded. */
export class DamageError extends Error {
  override readonly name = 'DamageError';
}
