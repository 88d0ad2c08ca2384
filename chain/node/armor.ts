import { argon2, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { OperatorError } from './failure.ts';

const begin = '-----BEGIN TENDERMINT PRIVATE KEY-----';
const end = '-----END TENDERMINT PRIVATE KEY-----';

/** What amino writes before the 32 bytes of a `tendermint/PrivKeySecp256k1`. */
const aminoPrefix = Buffer.from('e1b0f79b20', 'hex');

/** The SDK's parameters (crypto/armor.go): each export has a salt and so a key of its own, and the nonce is zero. */
const kdf = { parallelism: 4, tagLength: 32, memory: 65_536, passes: 1 };
const nonce = Buffer.alloc(12);
const tagBytes = 16;

const derive = promisify(argon2);

/**
 * A secp256k1 private key (32 bytes) as `simd keys export` writes it since Cosmos SDK 0.50: Argon2id, ChaCha20-Poly1305, in the
 * armor of OpenPGP (RFC 4880).
 */
export async function armorKey(secret: Uint8Array, passphrase: string): Promise<string> {
  const salt = randomBytes(16);
  const cipher = createCipheriv('chacha20-poly1305', await keyOf(passphrase, salt), nonce, { authTagLength: tagBytes });
  const sealed = Buffer.concat([
    cipher.update(aminoPrefix),
    cipher.update(secret),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  const headers = [`kdf: argon2`, `salt: ${salt.toString('hex').toUpperCase()}`, 'type: secp256k1'];
  const body = sealed.toString('base64').match(/.{1,64}/g) ?? [];
  return `${[begin, ...headers, '', ...body, `=${crc24(sealed)}`, end].join('\n')}\n`;
}

/** The inverse, also for what simd has written. Throws an `OperatorError`. */
export async function openArmor(text: string, passphrase: string): Promise<Uint8Array> {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const [from, to] = [lines.indexOf(begin), lines.indexOf(end)];
  if (from < 0 || to < from) throw new OperatorError(`this is no exported key: it has no line ${begin}`);
  const inside = lines.slice(from + 1, to);
  const blank = inside.indexOf('');
  const headers = new Map(inside.slice(0, blank).map((line): [string, string] => headerOf(line)));
  const body = inside.slice(blank + 1).filter((line) => !line.startsWith('='));
  const sum = inside.find((line, index) => index > blank && line.startsWith('='));
  const sealed = Buffer.from(body.join(''), 'base64');
  if (blank < 0 || sum !== `=${crc24(sealed)}`)
    throw new OperatorError('the exported key is damaged: its checksum differs');
  if (headers.get('kdf') !== 'argon2' || headers.get('type') !== 'secp256k1') {
    throw new OperatorError(
      `the exported key says kdf ${headers.get('kdf')} and type ${headers.get('type')}: only argon2 (Cosmos SDK 0.50 and ` +
        'newer) and secp256k1 are read. Import its mnemonic instead',
    );
  }
  const salt = Buffer.from(headers.get('salt') ?? '', 'hex');
  const opened = await decrypt(sealed, passphrase, salt);
  if (opened === undefined) throw new OperatorError('the passphrase does not open the exported key');
  if (opened.length !== 37 || !opened.subarray(0, 5).equals(aminoPrefix)) {
    throw new OperatorError('the exported key is no secp256k1 key');
  }
  return new Uint8Array(opened.subarray(5));
}

async function decrypt(sealed: Buffer, passphrase: string, salt: Buffer): Promise<Buffer | undefined> {
  try {
    const key = await keyOf(passphrase, salt);
    const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: tagBytes });
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function keyOf(passphrase: string, salt: Buffer) {
  return derive('argon2id', { ...kdf, message: Buffer.from(passphrase, 'utf8'), nonce: salt });
}

function headerOf(line: string): [name: string, value: string] {
  const [name = '', ...value] = line.split(':');
  return [name.trim(), value.join(':').trim()];
}

/** RFC 4880, section 6.1, in base64. */
function crc24(bytes: Uint8Array): string {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return Buffer.from([crc >> 16, (crc >> 8) & 0xff, crc & 0xff]).toString('base64');
}
