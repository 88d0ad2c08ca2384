import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rawSecp256k1PubkeyToRawAddress } from '@cosmjs/amino';
import { toBech32 } from '@cosmjs/encoding';
import { DirectSecp256k1HdWallet } from '@cosmjs/proto-signing';
import { z } from 'zod';
import { OperatorError, reason } from './failure.ts';
import { open, seal, secretBoxShape } from './secretBox.ts';

/** What is known of a key without its passphrase. */
export interface KeyInfo {
  readonly name: string;
  /** Compressed secp256k1, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** Bech32, with the keyring's prefix. */
  readonly address: string;
  /** The mnemonic lies open in the file: for public test networks only. */
  readonly isTestKey: boolean;
}

export interface Keyring {
  /**
   * Stores a key under a new name: of this BIP-39 mnemonic, or of a new one of 24 words. Returns the mnemonic; it is
   * the only backup. Throws when the name is taken or the mnemonic is not one.
   */
  add(name: string, options: { mnemonic?: string; test?: boolean }): Promise<{ info: KeyInfo; mnemonic: string }>;
  list(): readonly KeyInfo[];
  /** Throws when there is no such key. */
  show(name: string): KeyInfo;
  /** Deletes a key: only its mnemonic brings it back. Throws when there is no such key. */
  remove(name: string): void;
  /** A signer for the key. Asks for the passphrase unless it is a test key; throws when that is wrong. */
  signer(name: string): Promise<DirectSecp256k1HdWallet>;
}

export interface KeyringOptions {
  readonly folder: string;
  /** Bech32 prefix of the chain. */
  readonly prefix: string;
  /** Asks for the keyring's passphrase; `isNew` when it will encrypt a key. */
  readonly passphrase: (isNew: boolean) => Promise<string>;
}

const fileShape = z
  .strictObject({
    name: z.string(),
    /** Compressed point, 33 bytes. */
    public_key: z.base64().refine((text) => Buffer.from(text, 'base64').length === 33, 'must be 33 bytes'),
    /** Present on keys that anyone may read. */
    public_test_mnemonic: z.string().optional(),
    encrypted_mnemonic: secretBoxShape.optional(),
  })
  .refine((key) => (key.public_test_mnemonic === undefined) !== (key.encrypted_mnemonic === undefined));
type KeyFile = z.infer<typeof fileShape>;

/** Keys for signing transactions, one JSON file each, derived at the Cosmos path m/44'/118'/0'/0/0 (BIP-44). */
export function openKeyring(options: KeyringOptions): Keyring {
  const { folder, prefix } = options;

  const infoOf = (file: KeyFile): KeyInfo => {
    const publicKey = Uint8Array.from(Buffer.from(file.public_key, 'base64'));
    return {
      name: file.name,
      publicKey,
      address: toBech32(prefix, rawSecp256k1PubkeyToRawAddress(publicKey)),
      isTestKey: file.public_test_mnemonic !== undefined,
    };
  };

  const read = (name: string): KeyFile => {
    const path = fileOf(folder, name);
    if (!existsSync(path)) {
      throw new OperatorError(`there is no key ${JSON.stringify(name)} in ${folder}: see "infinetd keys list"`);
    }
    try {
      return fileShape.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch (error) {
      throw new OperatorError(`the key file ${path} is damaged: ${reason(error)}`, { cause: error });
    }
  };

  return {
    add: async (name, { mnemonic, test }) => {
      const path = fileOf(folder, name);
      if (existsSync(path)) throw new OperatorError(`there is already a key ${JSON.stringify(name)} in ${folder}`);
      const wallet = await walletOf(mnemonic, prefix);
      const [account] = await wallet.getAccounts();
      if (account === undefined) throw new Error('the wallet holds no account');
      const public_key = Buffer.from(account.pubkey).toString('base64');
      const file: KeyFile =
        test === true
          ? { name, public_key, public_test_mnemonic: wallet.mnemonic }
          : {
              name,
              public_key,
              encrypted_mnemonic: await seal(wallet.mnemonic, await options.passphrase(true), public_key),
            };
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // 'wx' refuses to replace a key that another process added meanwhile.
      writeFileSync(path, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
      return { info: infoOf(file), mnemonic: wallet.mnemonic };
    },
    list: () => {
      if (!existsSync(folder)) return [];
      const names = readdirSync(folder).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []));
      return names.sort().map((name) => infoOf(read(name)));
    },
    show: (name) => infoOf(read(name)),
    remove: (name) => {
      const path = fileOf(folder, name);
      if (!existsSync(path)) throw new OperatorError(`there is no key ${JSON.stringify(name)} in ${folder}`);
      rmSync(path);
    },
    signer: async (name) => {
      const file = read(name);
      if (file.public_test_mnemonic !== undefined) return walletOf(file.public_test_mnemonic, prefix);
      if (file.encrypted_mnemonic === undefined) throw new OperatorError(`the key ${name} holds no mnemonic`);
      const mnemonic = await open(file.encrypted_mnemonic, await options.passphrase(false), file.public_key);
      if (mnemonic === undefined)
        throw new OperatorError(`the passphrase does not open the key ${JSON.stringify(name)}`);
      return walletOf(mnemonic, prefix);
    },
  };
}

/** The wallet of a BIP-39 mnemonic, or of a new one with 24 words. Throws when the text is not a mnemonic. */
export async function walletOf(mnemonic: string | undefined, prefix: string): Promise<DirectSecp256k1HdWallet> {
  if (mnemonic === undefined) return DirectSecp256k1HdWallet.generate(24, { prefix });
  try {
    return await DirectSecp256k1HdWallet.fromMnemonic(mnemonic.trim().split(/\s+/).join(' ').toLowerCase(), { prefix });
  } catch (error) {
    throw new OperatorError(`this is not a BIP-39 mnemonic in English: ${reason(error)}`);
  }
}

function fileOf(folder: string, name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) {
    throw new OperatorError(`${JSON.stringify(name)} cannot name a key: use 1 to 64 letters, digits, "-" and "_"`);
  }
  return join(folder, `${name}.json`);
}
