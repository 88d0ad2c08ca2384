/**
 * ECVRF-EDWARDS25519-SHA512-TAI, the verifiable random function of RFC 9381 (section 5, ciphersuite 0x03).
 *
 * A key is an Ed25519 key (RFC 8032): seed 32 bytes, public key 32 bytes. For each input there is exactly one output of
 * 64 bytes that a proof of 80 bytes can show: point Gamma (32) || challenge c (16, little-endian) || scalar s (32,
 * little-endian). Pure functions: the chain verifies, node and verifier prove.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';

export const PROOF_LENGTH = 80;
export const OUTPUT_LENGTH = 64;
export const PUBLIC_KEY_LENGTH = 32;

const Point = ed25519.Point;
type CurvePoint = InstanceType<typeof Point>;

const ORDER = Point.Fn.ORDER;
const SUITE = 0x03;
const ENCODE_TO_CURVE = 0x01;
const CHALLENGE = 0x02;
const PROOF_TO_HASH = 0x03;
const END = 0x00;

/** Public key of a 32-byte seed. Throws on another length. */
export function publicKey(seed: Uint8Array): Uint8Array {
  return ed25519.utils.getExtendedPublicKey(seed).pointBytes;
}

/** Whether these bytes are a canonically encoded point that is not of small order (RFC 9381, section 5.4.5). */
export function isValidPublicKey(bytes: Uint8Array): boolean {
  return decodePublicKey(bytes) !== undefined;
}

/** Proof of 80 bytes for the input `alpha` (RFC 9381, section 5.1). Throws if the seed does not have 32 bytes. */
export function prove(seed: Uint8Array, alpha: Uint8Array): Uint8Array {
  const { scalar, prefix, point, pointBytes } = ed25519.utils.getExtendedPublicKey(seed);
  const input = encodeToCurve(pointBytes, alpha);
  const gamma = input.multiply(scalar);
  const nonce = littleEndian(sha512(concat(prefix, input.toBytes()))) % ORDER;
  const c = challenge(point, input, gamma, Point.BASE.multiply(nonce), input.multiply(nonce));
  const s = (nonce + littleEndian(c) * scalar) % ORDER;
  return concat(gamma.toBytes(), c, littleEndianBytes(s, 32));
}

/**
 * The output of 64 bytes if `proof` shows it for this key and input, else undefined (RFC 9381, section 5.3, with the
 * key validated). Malformed bytes of any length are undefined too, never an exception.
 */
export function verify(key: Uint8Array, alpha: Uint8Array, proof: Uint8Array): Uint8Array | undefined {
  const point = decodePublicKey(key);
  const decoded = decodeProof(proof);
  if (point === undefined || decoded === undefined) return undefined;
  const { gamma, c, s } = decoded;
  const input = encodeToCurve(key, alpha);
  const scalar = littleEndian(c);
  const u = Point.BASE.multiplyUnsafe(s).subtract(point.multiplyUnsafe(scalar));
  const v = input.multiplyUnsafe(s).subtract(gamma.multiplyUnsafe(scalar));
  if (!equal(c, challenge(point, input, gamma, u, v))) return undefined;
  return outputOf(gamma);
}

/** Output of a proof that is known to be good: verified before, or one's own. Undefined if the bytes are no proof. */
export function proofToHash(proof: Uint8Array): Uint8Array | undefined {
  const decoded = decodeProof(proof);
  return decoded === undefined ? undefined : outputOf(decoded.gamma);
}

function outputOf(gamma: CurvePoint): Uint8Array {
  return sha512(concat(Uint8Array.of(SUITE, PROOF_TO_HASH), gamma.clearCofactor().toBytes(), Uint8Array.of(END)));
}

/** Try and increment (RFC 9381, section 5.4.1.1); the salt is the public key. Half of all tries give a point. */
function encodeToCurve(salt: Uint8Array, alpha: Uint8Array): CurvePoint {
  for (let counter = 0; counter < 256; counter++) {
    const hash = sha512(concat(Uint8Array.of(SUITE, ENCODE_TO_CURVE), salt, alpha, Uint8Array.of(counter, END)));
    const point = decodePoint(hash.slice(0, 32))?.clearCofactor();
    if (point !== undefined && !point.is0()) return point;
  }
  throw new Error('no counter below 256 gives a curve point; the chance of this is 2^-256');
}

function challenge(...points: CurvePoint[]): Uint8Array {
  const encoded = points.map((point) => point.toBytes());
  return sha512(concat(Uint8Array.of(SUITE, CHALLENGE), ...encoded, Uint8Array.of(END))).slice(0, 16);
}

function decodePublicKey(bytes: Uint8Array): CurvePoint | undefined {
  const point = decodePoint(bytes);
  return point === undefined || point.isSmallOrder() ? undefined : point;
}

function decodeProof(bytes: Uint8Array): { gamma: CurvePoint; c: Uint8Array; s: bigint } | undefined {
  if (bytes.length !== PROOF_LENGTH) return undefined;
  const gamma = decodePoint(bytes.slice(0, 32));
  const s = littleEndian(bytes.slice(48));
  if (gamma === undefined || s >= ORDER) return undefined;
  return { gamma, c: bytes.slice(32, 48), s };
}

/** A canonically encoded point (RFC 8032, section 5.1.3), or undefined. */
function decodePoint(bytes: Uint8Array): CurvePoint | undefined {
  if (bytes.length !== 32) return undefined;
  try {
    return Point.fromBytes(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let at = bytes.length - 1; at >= 0; at--) value = (value << 8n) | BigInt(bytes[at] ?? 0);
  return value;
}

function littleEndianBytes(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => Number((value >> BigInt(8 * at)) & 255n));
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
