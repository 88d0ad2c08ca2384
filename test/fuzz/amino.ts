import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { CodedError } from '../../chain/errors.ts';
import type { Module } from '../../chain/module.ts';
import { encodeAny } from '../../chain/tx/amino/encode.ts';
import { decodeTx } from '../../chain/tx/decode.ts';
import { readPublicKey } from '../../chain/tx/keys.ts';
import { MessageRouter } from '../../chain/tx/router.ts';
import { requireSchema } from '../../chain/tx/schema.ts';
import { readSignature } from '../../chain/tx/signatureData.ts';
import { signModes } from '../../chain/tx/signModes.ts';
import { arbitraryMessage, txMessages } from '../../chain/tx/testing/arbitrary.ts';
import type { Tx } from '../../chain/tx/tx.ts';
import { rejectUnknownFields } from '../../chain/tx/unknownFields.ts';
import { verifySignature } from '../../chain/tx/verifySignature.ts';
import { signing } from '../../sdk/codec/index.ts';
import type { Random } from '../sim/random.ts';
import { isJudged, judge } from './aminoOracle.ts';
import type { Reader } from './guided.ts';
import { damage } from './mutateFields.ts';
import type { Target } from './target.ts';

/** Every message type that is known, from the chain's own strict reader to amino JSON. */
const types = txMessages();
const module: Module = {
  name: 'anything',
  stores: [],
  messages: types.map(({ typeName }) => ({
    typeUrl: `/${typeName}`,
    prepare: () => ({ typeUrl: `/${typeName}`, signers: [], validate: () => {}, handle: () => new Uint8Array() }),
  })),
};
const router = new MessageRouter([module]);
const signer = { chainId: 'vec-1', accountNumber: 7n, sequence: 3n };

function signedTxs(): Uint8Array[] {
  const file = new URL('../vectors/amino/simd.json', import.meta.url);
  const { txs }: { txs: { tx: string }[] } = JSON.parse(readFileSync(file, 'utf8'));
  return txs.map(({ tx }) => Uint8Array.from(Buffer.from(tx, 'base64')));
}

/** Messages of all types, random and damaged, and damaged txs that simd signed: never good with other sign bytes. */
export function aminoTarget(): Target {
  const txs = signedTxs();
  const shown = new Set(txs.map((bytes) => signBytes(decodeTx(bytes, router))));
  const samples = types.map((type) => ({
    name: type.typeName,
    values: fc.sample(arbitraryMessage(type), { seed: 1, numRuns: 8 }),
  }));
  return {
    name: 'amino',
    run: (random) => (random.oneIn(2) ? readTx(random, txs, shown) : readMessage(random, samples)),
    close: async () => {},
  };
}

/** The first two bytes say of which type the rest is a message; one above all types is a tx. */
export function aminoReader(): Reader {
  const txs = signedTxs();
  const shown = new Set(txs.map((bytes) => signBytes(decodeTx(bytes, router))));
  const headed = (type: number, bytes: Uint8Array) => Buffer.concat([Buffer.of(type >> 8, type & 255), bytes]);
  return {
    name: 'amino',
    header: 2,
    seeds: [
      ...txs.map((tx) => headed(types.length, tx)),
      ...types.flatMap((type, at) =>
        fc.sample(arbitraryMessage(type), { seed: 1, numRuns: 2 }).map((value) => headed(at, value)),
      ),
    ],
    read: (bytes) => {
      const type = types[Buffer.concat([bytes, Buffer.of(0, 0)]).readUInt16BE(0) % (types.length + 1)];
      const rest = bytes.subarray(2);
      return type === undefined ? readTxBytes(rest, shown) : readMessageBytes(type.typeName, rest);
    },
    close: async () => {},
  };
}

function readMessage(random: Random, samples: readonly { name: string; values: readonly Uint8Array[] }[]): boolean {
  const judged = samples.filter((sample) => isJudged(`/${sample.name}`));
  const { name, values } = random.pick(random.oneIn(3) ? judged : samples);
  const value = random.oneIn(8) ? random.pick(values) : damage(random, random.pick(values), random.pick(values));
  return readMessageBytes(name, value);
}

function readMessageBytes(name: string, value: Uint8Array): boolean {
  // Only what the strict reader has let through is ever shown to anybody.
  if (coded(() => rejectUnknownFields(value, requireSchema(name))) === undefined) return false;
  const text = plain(() => encodeAny({ typeUrl: `/${name}`, value }));
  if (text === undefined) return false;
  JSON.parse(text);
  const pair = judge(`/${name}`, value, text);
  if (pair !== undefined && pair[0] !== pair[1]) throw new Error(`ours ${pair[0]}, CosmJS' ${pair[1]}`);
  return true;
}

function readTx(random: Random, txs: readonly Uint8Array[], shown: ReadonlySet<string>): boolean {
  return readTxBytes(damage(random, random.pick(txs), random.pick(txs)), shown);
}

function readTxBytes(bytes: Uint8Array, shown: ReadonlySet<string>): boolean {
  const tx = coded(() => decodeTx(bytes, router));
  const info = tx?.signerInfos[0];
  if (tx === undefined || info?.publicKey === undefined || info.mode.kind === 'none') return false;
  // A wrong count of members and a malformed key are the SDK's panics, which the ante handler answers with a code.
  const parts = plain(() => ({
    key: readPublicKey(info.publicKey ?? { typeUrl: '', value: new Uint8Array() }),
    data: readSignature(info.mode, tx.signatures[0] ?? new Uint8Array()),
  }));
  if (parts === undefined) return false;
  if (plain(() => verifySignature(tx, signer, parts.key, parts.data) ?? 'good') !== 'good') return false;
  if (!shown.has(signBytes(tx))) throw new Error('a signature is good for a tx that nobody signed');
  return true;
}

function signBytes(tx: Tx): string {
  const amino = signModes.get(signing.SignMode.SIGN_MODE_LEGACY_AMINO_JSON);
  if (amino === undefined) throw new Error('amino JSON is no sign mode');
  return Buffer.from(amino(tx, signer)).toString('utf8');
}

/** Undefined where the work was refused with a code; any other error passes. */
function coded<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}

/** Undefined where the work threw a plain or coded error; a bug's error passes. */
function plain<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && !(error instanceof TypeError) && !/call stack/i.test(error.message)) return undefined;
    throw error;
  }
}
