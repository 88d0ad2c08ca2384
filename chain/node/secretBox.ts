import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';

/** A text encrypted with a passphrase: scrypt (RFC 7914) with a random salt, then AES-256-GCM. Bytes in Base64. */
export const secretBoxShape = z.strictObject({
  kdf: z
    .strictObject({
      name: z.literal('scrypt'),
      n: z
        .int()
        .min(2)
        .max(2 ** 20),
      r: z.int().min(1).max(32),
      p: z.int().min(1).max(16),
      salt: z.base64(),
    })
    // The rest of RFC 7914, section 2, and a bound on the memory.
    .refine(({ n }) => Number.isInteger(Math.log2(n)), { path: ['n'], error: 'is no power of two' })
    .refine(({ n, r }) => Math.log2(n) < 16 * r, { path: ['n'], error: 'is too large for r' })
    .refine(({ n, r }) => 128 * n * r <= 2 ** 30, { path: ['n'], error: 'asks for more than a GiB of memory' }),
  cipher: z.strictObject({ name: z.literal('aes-256-gcm'), nonce: z.base64(), tag: z.base64(), data: z.base64() }),
});
export type SecretBox = z.infer<typeof secretBoxShape>;

const derive = promisify<string, Uint8Array, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
);

/** @param associated text that must be the same when it is opened: a box cannot be passed off under another name */
export async function seal(secret: string, passphrase: string, associated: string): Promise<SecretBox> {
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const kdf = { name: 'scrypt' as const, n: 2 ** 17, r: 8, p: 1, salt: salt.toString('base64') };
  const cipher = createCipheriv('aes-256-gcm', await deriveKey(passphrase, kdf), nonce);
  cipher.setAAD(Buffer.from(associated, 'utf8'));
  const data = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return {
    kdf,
    cipher: {
      name: 'aes-256-gcm',
      nonce: nonce.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      data: data.toString('base64'),
    },
  };
}

/** Undefined when the passphrase is wrong or the box was changed. */
export async function open(box: SecretBox, passphrase: string, associated: string): Promise<string | undefined> {
  const { nonce, tag, data } = box.cipher;
  const key = await deriveKey(passphrase, box.kdf);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(associated, 'utf8'));
    decipher.setAuthTag(Buffer.from(tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function deriveKey(passphrase: string, kdf: SecretBox['kdf']): Promise<Buffer> {
  const { n: N, r, p } = kdf;
  // Composed and decomposed accents are typed the same and must open the same box.
  return derive(passphrase.normalize('NFKC'), Buffer.from(kdf.salt, 'base64'), 32, {
    N,
    r,
    p,
    maxmem: 128 * N * r * p + 2 ** 25,
  });
}
