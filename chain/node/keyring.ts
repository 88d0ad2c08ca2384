import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createMultisigThresholdPubkey,
  encodeSecp256k1Pubkey,
  pubkeyToAddress,
  rawSecp256k1PubkeyToRawAddress,
} from '@cosmjs/amino';
import { Bip39, EnglishMnemonic, Slip10, Slip10Curve, stringToPath } from '@cosmjs/crypto';
import { toBech32 } from '@cosmjs/encoding';
import { DirectSecp256k1HdWallet, DirectSecp256k1Wallet, type OfflineDirectSigner } from '@cosmjs/proto-signing';
import { OperatorError, reason } from './failure.ts';
import { defaultHdPath, type KeyFile, parseKeyFile } from './keyFile.ts';
import { open, seal } from './secretBox.ts';

/** What is known of a key without its passphrase. */
export interface KeyInfo {
  readonly name: string;
  readonly kind: KeyFile['kind'];
  /** Compressed secp256k1, 33 bytes; empty of several keys together. */
  readonly publicKey: Uint8Array;
  /** Of several keys together: how many must sign, and which they are, in the order that the address depends on. */
  readonly multisig?: { readonly threshold: number; readonly publicKeys: readonly Uint8Array[] };
  /** Bech32, with the keyring's prefix. */
  readonly address: string;
  /** Of a mnemonic: where the key was derived. */
  readonly hdPath?: string;
  /** The secret lies open in the file: for public test networks only. */
  readonly isTestKey: boolean;
}

export interface Keyring {
  /**
   * Stores a key under a new name: of this BIP-39 mnemonic, or of a new one of 24 words, derived at `hdPath` (by default where
   * Cosmos wallets have their first). Returns the mnemonic; it is the only backup. Throws when the name is taken or the
   * mnemonic is not one.
   */
  add(
    name: string,
    options: { mnemonic?: string; test?: boolean; hdPath?: string },
  ): Promise<{ info: KeyInfo; mnemonic: string }>;
  /** Stores a secp256k1 private key (32 bytes) under a new name. */
  addPrivateKey(name: string, secret: Uint8Array, test: boolean): Promise<KeyInfo>;
  /**
   * Stores the key that several keys of this keyring are together, of which `threshold` sign (`LegacyAminoPubKey`). They are
   * sorted by address, as the SDK does, unless their order is to stay.
   */
  addMultisig(name: string, members: readonly string[], threshold: number, keepOrder: boolean): KeyInfo;
  list(): readonly KeyInfo[];
  /** Throws when there is no such key. */
  show(name: string): KeyInfo;
  /** Deletes a key: only its mnemonic brings it back. Throws when there is no such key. */
  remove(name: string): void;
  /** A signer for the key. Asks for the passphrase unless it is a test key; throws when that is wrong. */
  signer(name: string): Promise<OfflineDirectSigner>;
  /** The private key itself, 32 bytes. Throws as `signer` does. */
  privateKey(name: string): Promise<Uint8Array>;
}

export interface KeyringOptions {
  readonly folder: string;
  /** Bech32 prefix of the chain. */
  readonly prefix: string;
  /** Asks for the keyring's passphrase; `isNew` when it will encrypt a key. */
  readonly passphrase: (isNew: boolean) => Promise<string>;
}

/** Keys for signing transactions, one JSON file each. */
export function openKeyring(options: KeyringOptions): Keyring {
  const { folder, prefix } = options;

  const read = (name: string): KeyFile => {
    const path = fileOf(folder, name);
    if (!existsSync(path)) {
      throw new OperatorError(`there is no key ${JSON.stringify(name)} in ${folder}: see "infinetd keys list"`);
    }
    try {
      return parseKeyFile(JSON.parse(readFileSync(path, 'utf8')));
    } catch (error) {
      throw new OperatorError(`the key file ${path} is damaged: ${reason(error)}`, { cause: error });
    }
  };

  const requireFree = (name: string) => {
    if (existsSync(fileOf(folder, name))) {
      throw new OperatorError(`there is already a key ${JSON.stringify(name)} in ${folder}`);
    }
  };

  const write = (file: KeyFile): KeyInfo => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // 'wx' refuses to replace a key that another process added meanwhile.
    const path = fileOf(folder, file.name);
    writeFileSync(path, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
    return infoOf(file, prefix);
  };

  /** The public key keeps a box from being passed off under another one. */
  const kept = async (secret: string, public_key: string, test: boolean) =>
    test
      ? { public_test_secret: secret }
      : { encrypted_secret: await seal(secret, await options.passphrase(true), public_key) };

  const secretOf = async (name: string): Promise<{ file: Exclude<KeyFile, { kind: 'multisig' }>; secret: string }> => {
    const file = read(name);
    if (file.kind === 'multisig') {
      throw new OperatorError(`${JSON.stringify(name)} is several keys together and has no secret of its own`);
    }
    if (file.public_test_secret !== undefined) return { file, secret: file.public_test_secret };
    if (file.encrypted_secret === undefined) throw new OperatorError(`the key ${name} holds no secret`);
    const secret = await open(file.encrypted_secret, await options.passphrase(false), file.public_key);
    if (secret === undefined) throw new OperatorError(`the passphrase does not open the key ${JSON.stringify(name)}`);
    return { file, secret };
  };

  const privateKey = async (name: string): Promise<Uint8Array> => {
    const { file, secret } = await secretOf(name);
    if (file.kind === 'private_key') return Uint8Array.from(Buffer.from(secret, 'hex'));
    const seed = await Bip39.mnemonicToSeed(new EnglishMnemonic(secret));
    return Slip10.derivePath(Slip10Curve.Secp256k1, seed, stringToPath(file.hd_path)).privkey;
  };

  return {
    add: async (name, { mnemonic, test = false, hdPath = defaultHdPath }) => {
      requireFree(name);
      const wallet = await walletOf(mnemonic, prefix, hdPath);
      const public_key = await publicKeyOf(wallet);
      const secret = await kept(wallet.mnemonic, public_key, test);
      const info = write({ format: 2, name, kind: 'mnemonic', public_key, hd_path: hdPath, ...secret });
      return { info, mnemonic: wallet.mnemonic };
    },
    addPrivateKey: async (name, bytes, test) => {
      requireFree(name);
      const public_key = await publicKeyOf(await DirectSecp256k1Wallet.fromKey(bytes, prefix));
      const secret = await kept(Buffer.from(bytes).toString('hex'), public_key, test);
      return write({ format: 2, name, kind: 'private_key', public_key, ...secret });
    },
    addMultisig: (name, members, threshold, keepOrder) => {
      requireFree(name);
      const infos = members.map((member) => infoOf(read(member), prefix));
      const nested = infos.find(({ multisig }) => multisig !== undefined);
      if (nested !== undefined) throw new OperatorError(`${nested.name} is several keys together already`);
      if (new Set(infos.map(({ address }) => address)).size < infos.length) {
        throw new OperatorError('a key stands twice among those that are to be one');
      }
      if (infos.length < 1 || threshold < 1 || threshold > infos.length) {
        throw new OperatorError(`${threshold} of ${infos.length} keys cannot sign`);
      }
      const sorted = keepOrder
        ? infos
        : infos.toSorted((a, b) => Buffer.compare(accountOf(a.publicKey), accountOf(b.publicKey)));
      const public_keys = sorted.map(({ publicKey }) => Buffer.from(publicKey).toString('base64'));
      return write({ format: 2, name, kind: 'multisig', threshold, public_keys });
    },
    list: () => {
      if (!existsSync(folder)) return [];
      const names = readdirSync(folder).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []));
      return names.sort().map((name) => infoOf(read(name), prefix));
    },
    show: (name) => infoOf(read(name), prefix),
    remove: (name) => {
      const path = fileOf(folder, name);
      if (!existsSync(path)) throw new OperatorError(`there is no key ${JSON.stringify(name)} in ${folder}`);
      rmSync(path);
    },
    signer: async (name) => DirectSecp256k1Wallet.fromKey(await privateKey(name), prefix),
    privateKey,
  };
}

/** The wallet of a BIP-39 mnemonic, or of a new one with 24 words. Throws when text or path is not one. */
export async function walletOf(
  mnemonic: string | undefined,
  prefix: string,
  hdPath = defaultHdPath,
): Promise<DirectSecp256k1HdWallet> {
  const options = { prefix, hdPaths: [readHdPath(hdPath)] };
  if (mnemonic === undefined) return DirectSecp256k1HdWallet.generate(24, options);
  try {
    return await DirectSecp256k1HdWallet.fromMnemonic(mnemonic.trim().split(/\s+/).join(' ').toLowerCase(), options);
  } catch (error) {
    throw new OperatorError(`this is not a BIP-39 mnemonic in English: ${reason(error)}`);
  }
}

function readHdPath(text: string) {
  try {
    return stringToPath(text);
  } catch (error) {
    throw new OperatorError(
      `${JSON.stringify(text)} is not a derivation path such as ${defaultHdPath}: ${reason(error)}`,
    );
  }
}

function infoOf(file: KeyFile, prefix: string): KeyInfo {
  if (file.kind === 'multisig') {
    const publicKeys = file.public_keys.map((key) => Uint8Array.from(Buffer.from(key, 'base64')));
    const together = createMultisigThresholdPubkey(publicKeys.map(encodeSecp256k1Pubkey), file.threshold, true);
    const multisig = { threshold: file.threshold, publicKeys };
    const address = pubkeyToAddress(together, prefix);
    return { name: file.name, kind: file.kind, publicKey: new Uint8Array(), multisig, address, isTestKey: false };
  }
  const publicKey = Uint8Array.from(Buffer.from(file.public_key, 'base64'));
  return {
    name: file.name,
    kind: file.kind,
    publicKey,
    address: toBech32(prefix, accountOf(publicKey)),
    ...(file.kind === 'mnemonic' ? { hdPath: file.hd_path } : {}),
    isTestKey: file.public_test_secret !== undefined,
  };
}

function accountOf(publicKey: Uint8Array): Uint8Array {
  return rawSecp256k1PubkeyToRawAddress(publicKey);
}

async function publicKeyOf(wallet: OfflineDirectSigner): Promise<string> {
  const [account] = await wallet.getAccounts();
  if (account === undefined) throw new Error('the wallet holds no account');
  return Buffer.from(account.pubkey).toString('base64');
}

function fileOf(folder: string, name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) {
    throw new OperatorError(`${JSON.stringify(name)} cannot name a key: use 1 to 64 letters, digits, "-" and "_"`);
  }
  return join(folder, `${name}.json`);
}
