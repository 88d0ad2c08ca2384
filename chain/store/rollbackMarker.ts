import { createHash } from 'node:crypto';
import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DamageError } from './damage.ts';
import { replaceFile, syncFolder } from './files.ts';

const Marker = z.strictObject({ height: z.string().regex(/^\d{1,15}$/), digest: z.string() });

function pathOf(folder: string): string {
  return join(folder, 'rollback.json');
}

/** SHA-256 of the log's secret and the height: a marker with another height would take back other blocks. */
function digestOf(height: bigint, secret: Uint8Array): string {
  return createHash('sha256').update(secret).update(`rollback to ${height}`).digest('hex');
}

/** Decides a rollback to `height`. */
export function writeMarker(folder: string, secret: Uint8Array, height: bigint): void {
  const text = JSON.stringify({ height: height.toString(), digest: digestOf(height, secret) });
  replaceFile(pathOf(folder), Buffer.from(text));
}

/** The height of a rollback that was decided and not finished; undefined if there is none. Throws `DamageError`. */
export function readMarker(folder: string, secret: Uint8Array): bigint | undefined {
  const path = pathOf(folder);
  if (!existsSync(path)) return undefined;
  const wrong = new DamageError(
    `${path} is damaged, so that it is not known to which height a rollback goes: delete it and begin the rollback again`,
  );
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw wrong;
  }
  const marker = Marker.safeParse(found);
  if (!marker.success) throw wrong;
  const height = BigInt(marker.data.height);
  if (marker.data.digest !== digestOf(height, secret)) throw wrong;
  return height;
}

/** The rollback is done. */
export function removeMarker(folder: string): void {
  unlinkSync(pathOf(folder));
  syncFolder(folder);
}
