import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DirectSecp256k1Wallet } from '@cosmjs/proto-signing';
import secp256k1 from 'secp256k1/bindings.js';
import { prove, publicKey } from '../modules/beacon/ecvrf.ts';
import { keyProofDigest } from '../modules/verification/formulas.ts';
import { KeyProof } from '../proto/generated/infinet/verification/v1/tx.ts';

/** A worker's folder: its two keys, its artifacts and, unless another one is named, its Postgres. */
export interface VerifierHome {
  readonly postgres: string;
  readonly artifacts: string;
  /** Where `infinet-verifier score` leaves what a person thinks of an expertise. */
  readonly scores: string;
  /** Hot key: secp256k1, 32 bytes. It can only do a verifier's work. */
  readonly workerKey: Uint8Array;
  /** Seed of the VRF key, 32 bytes. */
  readonly vrfSeed: Uint8Array;
}

export interface VerifierKeySeeds {
  readonly workerKey: Uint8Array;
  readonly vrfSeed: Uint8Array;
}

const files = { workerKey: 'worker_key', vrfSeed: 'vrf_key' } as const;

/** Writes the keys of a new home (hex, mode 600), random unless given. Keys that exist are never replaced. */
export function initVerifierHome(folder: string, seeds?: VerifierKeySeeds): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const key of ['workerKey', 'vrfSeed'] as const) {
    const path = join(folder, files[key]);
    const seed = seeds?.[key] ?? randomBytes(32);
    if (!existsSync(path)) writeFileSync(path, `${Buffer.from(seed).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  }
}

/** Throws with the file's name when a key is missing or malformed. */
export function openVerifierHome(folder: string): VerifierHome {
  return {
    postgres: join(folder, 'postgres'),
    artifacts: join(folder, 'artifacts'),
    scores: join(folder, 'scores'),
    workerKey: readKey(join(folder, files.workerKey)),
    vrfSeed: readKey(join(folder, files.vrfSeed)),
  };
}

function readKey(path: string): Uint8Array {
  if (!existsSync(path)) throw new Error(`${path} does not exist. Create a home with: infinet-verifier init`);
  const text = readFileSync(path, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${path} is not a key: it must hold 64 hexadecimal digits`);
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

/** The public facts that an operator registers. */
export async function describeVerifierHome(
  home: VerifierHome,
  prefix: string,
): Promise<{ worker: string; vrfPublicKey: Uint8Array }> {
  const wallet = await DirectSecp256k1Wallet.fromKey(home.workerKey, prefix);
  const [account] = await wallet.getAccounts();
  if (account === undefined) throw new Error('the wallet holds no account');
  return { worker: account.address, vrfPublicKey: publicKey(home.vrfSeed) };
}

/** What shows the chain that both keys are this operator's to name; `operator` is its address, 20 bytes. */
export function proveVerifierKeys(home: VerifierHome, chainId: string, operator: Uint8Array): KeyProof {
  const digest = keyProofDigest('worker', chainId, operator);
  return KeyProof.fromPartial({
    vrfProof: prove(home.vrfSeed, keyProofDigest('vrf', chainId, operator)),
    workerPublicKey: Uint8Array.from(secp256k1.publicKeyCreate(home.workerKey, true)),
    workerSignature: Uint8Array.from(secp256k1.ecdsaSign(digest, home.workerKey).signature),
  });
}
