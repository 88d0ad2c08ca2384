import { createHash, createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { OperatorError, reason } from './failure.ts';
import type { HomePaths } from './paths.ts';

/** The DER header of a PKCS#8 Ed25519 private key (RFC 8410), which is followed by the 32-byte seed. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Public key (32 bytes) of an Ed25519 seed (32 bytes). */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  if (x === undefined) throw new Error('the Ed25519 public key has no x coordinate');
  return Uint8Array.from(Buffer.from(x, 'base64url'));
}

/** CometBFT's address of an Ed25519 key: the first 20 bytes of SHA-256(public key). */
export function consensusAddress(publicKey: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(publicKey).digest().subarray(0, 20));
}

export interface NodeKeySeeds {
  /** Each 32 bytes. */
  readonly node: Uint8Array;
  readonly validator: Uint8Array;
  readonly vrf: Uint8Array;
}

export function randomSeeds(): NodeKeySeeds {
  return { node: randomBytes(32), validator: randomBytes(32), vrf: randomBytes(32) };
}

/** The same three keys for the same text: for public test networks only. */
export function testSeeds(text: string): NodeKeySeeds {
  const seed = (use: string) =>
    Uint8Array.from(createHash('sha256').update(`infinet public test key: ${use}: ${text}`).digest());
  return { node: seed('node'), validator: seed('validator'), vrf: seed('vrf') };
}

/** Public facts about a home's keys. */
export interface NodeIdentity {
  /** CometBFT's node id: lower-case hex of the node key's address, as in `<id>@host:port`. */
  readonly nodeId: string;
  /** Ed25519, 32 bytes. */
  readonly validatorPublicKey: Uint8Array;
  /** 20 bytes. */
  readonly validatorAddress: Uint8Array;
  /** Ed25519, 32 bytes; what the beacon has registered for this validator. */
  readonly vrfPublicKey: Uint8Array;
}

/** Writes those key files that do not exist yet, readable by their owner only. */
export function writeNodeKeys(paths: HomePaths, seeds: NodeKeySeeds): void {
  writeSecret(paths.nodeKey, JSON.stringify({ priv_key: privateKeyJson(seeds.node) }));
  const publicKey = ed25519PublicKey(seeds.validator);
  writeSecret(
    paths.validatorKey,
    JSON.stringify(
      {
        address: Buffer.from(consensusAddress(publicKey)).toString('hex').toUpperCase(),
        pub_key: { type: 'tendermint/PubKeyEd25519', value: Buffer.from(publicKey).toString('base64') },
        priv_key: privateKeyJson(seeds.validator),
      },
      undefined,
      2,
    ),
  );
  writeSecret(paths.validatorState, JSON.stringify({ height: '0', round: 0, step: 0 }, undefined, 2));
  writeSecret(paths.vrfKey, seeds.vrf);
}

/** The 32-byte VRF seed, or undefined when this node has none. Throws when the file is not one. */
export function readVrfSeed(paths: HomePaths): Uint8Array | undefined {
  if (!existsSync(paths.vrfKey)) return undefined;
  const seed = readFileSync(paths.vrfKey);
  if (seed.length !== 32) {
    throw new OperatorError(
      `${paths.vrfKey} has ${seed.length} bytes, an Ed25519 seed has 32: restore it or delete it`,
    );
  }
  return Uint8Array.from(seed);
}

/** Reads the public halves of a home's keys. Throws with the file's name when one is missing or malformed. */
export function readIdentity(paths: HomePaths): NodeIdentity {
  const node = readKey(paths.nodeKey, z.object({ priv_key: privateKey })).priv_key;
  const validator = readKey(paths.validatorKey, z.object({ priv_key: privateKey })).priv_key;
  const vrf = readVrfSeed(paths);
  return {
    nodeId: Buffer.from(consensusAddress(ed25519PublicKey(node))).toString('hex'),
    validatorPublicKey: ed25519PublicKey(validator),
    validatorAddress: consensusAddress(ed25519PublicKey(validator)),
    vrfPublicKey: vrf === undefined ? new Uint8Array() : ed25519PublicKey(vrf),
  };
}

/** CometBFT keeps 64 bytes in Base64: the seed, then the public key. */
const privateKey = z
  .object({ type: z.literal('tendermint/PrivKeyEd25519'), value: z.base64() })
  .transform((key) => Uint8Array.from(Buffer.from(key.value, 'base64').subarray(0, 32)))
  .refine((seed) => seed.length === 32, 'an Ed25519 private key has 64 bytes');

function readKey<T>(path: string, shape: z.ZodType<T>): T {
  try {
    return shape.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new OperatorError(`cannot read the key file ${path}: ${reason(error)}`, { cause: error });
  }
}

function privateKeyJson(seed: Uint8Array) {
  const value = Buffer.concat([seed, ed25519PublicKey(seed)]).toString('base64');
  return { type: 'tendermint/PrivKeyEd25519', value };
}

function writeSecret(path: string, content: string | Uint8Array): void {
  if (existsSync(path)) return;
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
}
