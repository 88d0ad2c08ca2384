import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile, syncFolder } from './files.ts';

/** What a data folder belongs to; a folder of another chain refuses to open. */
export interface StoreMeta {
  readonly chainId: string;
  readonly bech32Prefix: string;
}

const diskFormat = 2;

const Metadata = z.object({
  format: z.literal(diskFormat),
  chainId: z.string(),
  bech32Prefix: z.string(),
  stores: z.array(z.string()),
  logSecret: z.string().regex(/^[0-9a-f]{32}$/),
});

/** A folder that holds something else than the caller expects. */
export class StoreMismatchError extends Error {
  override readonly name = 'StoreMismatchError';
}

/**
 * Reads `meta.json`, or writes it into a new folder, and checks that the folder was made for this chain and these
 * stores. Returns the secret of the folder's log, 16 bytes.
 */
export function openMetadata(folder: string, meta: StoreMeta, stores: readonly string[]): Uint8Array {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'meta.json');
  if (!existsSync(path)) {
    const strange = readdirSync(folder).find((name) => /^(log-|checkpoint-|state\.mdb$)/.test(name));
    if (strange !== undefined) throw new StoreMismatchError(`${folder} holds ${strange} but no meta.json`);
    const logSecret = randomBytes(16).toString('hex');
    const { chainId, bech32Prefix } = meta;
    replaceFile(
      path,
      Buffer.from(`${JSON.stringify({ format: diskFormat, chainId, bech32Prefix, stores, logSecret })}\n`),
    );
    syncFolder(join(folder, '..'));
    return Buffer.from(logSecret, 'hex');
  }
  const found = parseMetadata(path);
  const demand = (what: string, has: string, wanted: string) => {
    if (has !== wanted) throw new StoreMismatchError(`${folder} has ${what} "${has}", expected "${wanted}"`);
  };
  demand('chain id', found.chainId, meta.chainId);
  demand('Bech32 prefix', found.bech32Prefix, meta.bech32Prefix);
  demand('stores', found.stores.join(' '), stores.join(' '));
  return Buffer.from(found.logSecret, 'hex');
}

function parseMetadata(path: string): z.infer<typeof Metadata> {
  const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const format = z.object({ format: z.number() }).parse(json).format;
  if (format !== diskFormat) {
    throw new StoreMismatchError(`${path} says on-disk format ${format}, this program reads ${diskFormat}`);
  }
  return Metadata.parse(json);
}
