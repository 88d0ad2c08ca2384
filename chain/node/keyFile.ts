import { z } from 'zod';
import { secretBoxShape } from './secretBox.ts';

/** Where Cosmos wallets derive their first key (BIP-44). */
export const defaultHdPath = "m/44'/118'/0'/0/0";

const base = { format: z.literal(2), name: z.string() };
/** The secret lies open on keys that anyone may read, and is encrypted on all others. */
const secret = { public_test_secret: z.string().optional(), encrypted_secret: secretBoxShape.optional() };
const hasOneSecret = (key: { public_test_secret?: unknown; encrypted_secret?: unknown }) =>
  (key.public_test_secret === undefined) !== (key.encrypted_secret === undefined);

/** A compressed secp256k1 point: anything else has no address. */
const point = z.base64().refine(isPoint, 'must be a compressed secp256k1 key of 33 bytes');

function isPoint(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 33 && (bytes[0] === 2 || bytes[0] === 3);
}

const fileShape = z.discriminatedUnion('kind', [
  z
    .strictObject({ ...base, kind: z.literal('mnemonic'), public_key: point, hd_path: z.string(), ...secret })
    .refine(hasOneSecret),
  /** The secret is the key's 32 bytes in hex. */
  z.strictObject({ ...base, kind: z.literal('private_key'), public_key: point, ...secret }).refine(hasOneSecret),
  z
    .strictObject({
      ...base,
      kind: z.literal('multisig'),
      threshold: z.int().min(1),
      public_keys: z.array(point).min(1),
    })
    .refine((key) => key.threshold <= key.public_keys.length, 'threshold is above the number of keys'),
]);

/** A key's file in the newest format. */
export type KeyFile = z.infer<typeof fileShape>;

/** Files of the first format say none: a mnemonic, always at the default path. */
const firstShape = z
  .strictObject({
    name: z.string(),
    public_key: z.base64(),
    public_test_mnemonic: z.string().optional(),
    encrypted_mnemonic: secretBoxShape.optional(),
  })
  .transform((old) => ({
    format: 2,
    name: old.name,
    kind: 'mnemonic',
    public_key: old.public_key,
    hd_path: defaultHdPath,
    ...(old.public_test_mnemonic === undefined ? {} : { public_test_secret: old.public_test_mnemonic }),
    ...(old.encrypted_mnemonic === undefined ? {} : { encrypted_secret: old.encrypted_mnemonic }),
  }));

/** From each older format to the next one. */
const migrations: ReadonlyMap<number, (old: unknown) => unknown> = new Map([[1, (old) => firstShape.parse(old)]]);

/** Reads a key file of any format; the file itself stays as it is. Throws with what is wrong. */
export function parseKeyFile(json: unknown): KeyFile {
  let value = json;
  for (;;) {
    const format = z.object({ format: z.int().default(1) }).parse(value).format;
    if (format === 2) return fileShape.parse(value);
    const migrate = migrations.get(format);
    if (migrate === undefined) throw new Error(`it is of format ${format}, this program reads up to 2`);
    value = migrate(value);
  }
}
