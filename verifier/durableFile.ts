import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file so that under its name there is all of it or nothing, even when the disk is full or the power fails. Throws
 * when it cannot be written; nothing is left of it then.
 */
export function writeWhole(path: string, bytes: Uint8Array, mode = 0o666): void {
  const draft = `${path}.${process.pid}`;
  try {
    const file = openSync(draft, 'w', mode);
    try {
      // Not writeSync: on a disk that is nearly full that may write a part and say so in its result only.
      writeFileSync(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
