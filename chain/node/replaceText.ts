import { renameSync, writeFileSync } from 'node:fs';

/** Replaces a file in one step, so that a crash leaves the old or the new one. Readable by its owner only, if not told otherwise. */
export function replaceText(path: string, text: string, mode = 0o600): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode });
  renameSync(draft, path);
}
