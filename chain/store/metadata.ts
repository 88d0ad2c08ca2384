import { hash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DamageError } from './damage.ts';
import { replaceFile, syncFolder } from './files.ts';
import { StoreMismatchError, StoreSets } from './storeSets.ts';

/** What a data folder belongs to; a folder of another chain refuses to open. */
export interface StoreMeta {
  readonly chainId: string;
  readonly bech32Prefix: string;
}

/** Without upgrades of stores a folder is of the first format, which older programs read too. */
const formats = { plain: 2, upgraded: 3 } as const;

const Metadata = z.object({
  format: z.union([z.literal(formats.plain), z.literal(formats.upgraded)]),
  chainId: z.string(),
  bech32Prefix: z.string(),
  stores: z.array(z.string()),
  upgrades: z
    .array(
      z.object({
        height: z.string().regex(/^\d{1,15}$/),
        added: z.array(z.string()),
        deleted: z.array(z.string()),
      }),
    )
    .optional(),
  logSecret: z.string().regex(/^[0-9a-f]{32}$/),
});

/** What `meta.json` says. */
export interface FolderMetadata {
  /** Of the log, 16 bytes. */
  readonly secret: Uint8Array;
  /** Upgrades above the last committed height were decided and never committed. */
  readonly sets: StoreSets;
}

/**
 * Reads `meta.json`, or writes it into a new folder with `stores`, and checks that the folder was made for this chain.
 * Throws `StoreMismatchError`. Whether the stores are those wanted is known only with the last height.
 */
export function openMetadata(folder: string, meta: StoreMeta, stores: readonly string[]): FolderMetadata {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = metadataPath(folder);
  if (!existsSync(path)) {
    const strange = readdirSync(folder).find((name) => /^(log-|checkpoint-|state\.mdb$)/.test(name));
    if (strange !== undefined) throw new StoreMismatchError(`${folder} holds ${strange} but no meta.json`);
    const logSecret = randomBytes(16).toString('hex');
    const { chainId, bech32Prefix } = meta;
    const sets = new StoreSets(stores);
    write(path, { format: formats.plain, chainId, bech32Prefix, stores: [...stores], logSecret });
    syncFolder(join(folder, '..'));
    return { secret: Buffer.from(logSecret, 'hex'), sets };
  }
  const found = parseMetadata(path);
  const demand = (what: string, has: string, wanted: string) => {
    if (has !== wanted) throw new StoreMismatchError(`${folder} has ${what} "${has}", expected "${wanted}"`);
  };
  demand('chain id', found.chainId, meta.chainId);
  demand('Bech32 prefix', found.bech32Prefix, meta.bech32Prefix);
  const upgrades = (found.upgrades ?? []).map((upgrade) => ({ ...upgrade, height: BigInt(upgrade.height) }));
  return { secret: Buffer.from(found.logSecret, 'hex'), sets: new StoreSets(found.stores, upgrades) };
}

/** Returns once the folder says that it has these stores; nothing is written if it does already. */
export function saveStoreSets(folder: string, sets: StoreSets): void {
  const path = metadataPath(folder);
  const found = parseMetadata(path);
  const upgrades = sets.upgrades.map(({ height, added, deleted }) => ({
    height: height.toString(),
    added: [...added],
    deleted: [...deleted],
  }));
  if (JSON.stringify(found.upgrades ?? []) === JSON.stringify(upgrades)) return;
  const { upgrades: _, ...plain } = found;
  write(
    path,
    upgrades.length === 0 ? { ...plain, format: formats.plain } : { ...plain, format: formats.upgraded, upgrades },
  );
}

function metadataPath(folder: string): string {
  return join(folder, 'meta.json');
}

function write(path: string, metadata: z.infer<typeof Metadata>): void {
  const check = digestOf(metadata);
  replaceFile(path, Buffer.from(`${JSON.stringify({ ...metadata, check })}\n`));
}

/** A changed secret would make the whole log look torn, and a torn end is cut off: this tells the two apart. */
function digestOf(metadata: object): string {
  return hash('sha256', JSON.stringify(metadata));
}

function parseMetadata(path: string): z.infer<typeof Metadata> {
  const { check, ...json } = parseObject(path);
  const { format } = json;
  if (typeof format !== 'number') throw new DamageError(`${path} is damaged: it names no format`);
  if (format !== formats.plain && format !== formats.upgraded) {
    throw new StoreMismatchError(
      `${path} says on-disk format ${format}, this program reads ${formats.plain} and ${formats.upgraded}`,
    );
  }
  // Folders made before there was one have none.
  if (check !== undefined && check !== digestOf(json)) {
    throw new DamageError(`${path} is damaged: it fails its checksum`);
  }
  return Metadata.parse(json);
}

function parseObject(path: string): Record<string, unknown> {
  try {
    return z.looseObject({}).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new DamageError(`${path} is damaged: ${error}`);
  }
}
