import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, storeNames } from '../../chain/app/app.ts';
import { emptyExtensions } from '../../chain/app/extensionSource.ts';
import { silentLogger } from '../../chain/logger.ts';
import { wireModules } from '../../chain/main.ts';
import { parseConfig } from '../../chain/node/config.ts';
import { configTemplate } from '../../chain/node/configTemplate.ts';
import { OperatorError } from '../../chain/node/failure.ts';
import { openKeyring } from '../../chain/node/keyring.ts';
import { CommitMultiStore } from '../../chain/store/multistore.ts';
import { addresses, chainId } from '../sim/actors.ts';
import { appState, initChainRequest, settings } from '../sim/genesis.ts';
import type { Random } from '../sim/random.ts';
import { mutate } from './mutate.ts';
import type { Target } from './target.ts';

/** Damaged text: bytes of the original changed, parts doubled or left out. */
function damaged(random: Random, text: string, other: string): string {
  return Buffer.from(mutate(random, Buffer.from(text), Buffer.from(other))).toString('utf8');
}

/** Numbers and words that readers of JSON and TOML break at. */
const edges = [
  '0',
  '-1',
  '1e999',
  '99999999999999999999999',
  'null',
  '""',
  '[]',
  '{}',
  '"\\u0000"',
  'true',
  '"x"',
] as const;

/** One value of a JSON text replaced by another one. */
function replaced(random: Random, text: string): string {
  const values = [...text.matchAll(/(?<=[:[,]\s*)("[^"]*"|-?\d+|true|false|null)(?=\s*[,}\]])/g)];
  const { index, 0: old } = random.pick(values);
  return text.slice(0, index) + random.pick(edges) + text.slice(index + old.length);
}

/** `infinet.toml`: settings that hold, or one sentence for the operator. */
export function configTarget(): Target {
  const template = configTemplate({
    abci: '127.0.0.1:26658',
    api: '127.0.0.1:26661',
    grpc: '127.0.0.1:9090',
    rest: '127.0.0.1:1317',
  });
  const lines = template.split('\n');
  return {
    name: 'config',
    run: (random) => {
      const setting = random.pick(lines.filter((line) => /^#?\s*\w+ = /.test(line)));
      const odd = `${setting.replace(/^#\s*/, '').split('=')[0]}= ${random.pick(edges)}`;
      const text = random.oneIn(3)
        ? damaged(random, template, odd)
        : lines.map((line) => (line === setting ? odd : line)).join('\n');
      return operatorOnly(() => parseConfig(text));
    },
    close: async () => {},
  };
}

/** Key files: a key, or one sentence for the operator. */
export async function keyringTarget(): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'infinet-fuzz-'));
  const keyring = openKeyring({ folder, prefix: 'infinet', passphrase: async () => 'secret' });
  await keyring.add('open', { test: true });
  const public_key = Buffer.from(keyring.show('open').publicKey).toString('base64');
  const box = {
    kdf: { name: 'scrypt', n: 2, r: 1, p: 1, salt: 'AAAA' },
    cipher: { name: 'aes-256-gcm', nonce: 'AAAAAAAAAAAAAAAA', tag: 'AAAAAAAAAAAAAAAAAAAAAA==', data: 'AAAA' },
  };
  const format2 = { format: 2, name: 'sealed', public_key, encrypted_secret: box };
  const files = [
    { name: 'sealed', public_key, encrypted_mnemonic: box },
    { ...format2, kind: 'mnemonic', hd_path: "m/44'/118'/0'/0/0" },
    { ...format2, kind: 'private_key' },
    { format: 2, name: 'sealed', kind: 'multisig', threshold: 1, public_keys: [public_key, public_key] },
  ].map((file) => JSON.stringify(file));
  const path = join(folder, 'sealed.json');
  return {
    name: 'keyring',
    run: async (random) => {
      const file = random.pick(files);
      writeFileSync(path, random.oneIn(2) ? replaced(random, file) : damaged(random, file, random.pick(files)));
      if (!operatorOnly(() => keyring.show('sealed'))) return false;
      // Work that a file asks for is bounded by its shape; here it asks for little.
      await keyring.signer('sealed').then(
        () => {
          throw new Error('a made-up box was opened');
        },
        (error: unknown) => {
          if (!(error instanceof OperatorError)) throw error;
        },
      );
      return true;
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

function operatorOnly(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof OperatorError) return false;
    throw error;
  }
}

/** `app_state`: a chain, or an error that names a place in the file; never a crash of a reader. */
export function genesisTarget(): Target {
  const good = JSON.stringify(appState());
  const modules = Object.values(wireModules(addresses)).map(({ module }) => module);
  const wired = wireModules(addresses);
  const store = CommitMultiStore.open(undefined, {
    meta: { chainId, bech32Prefix: addresses.prefix },
    stores: storeNames(modules),
  });
  const app = new App({
    chainId,
    addresses,
    modules: Object.values(wired).map(({ module }) => module),
    store,
    accounts: wired.auth.keeper,
    bank: wired.bank.keeper,
    feeGrants: wired.feegrant.keeper,
    extensions: emptyExtensions,
    logger: silentLogger,
    node: settings,
  });
  return {
    name: 'genesis',
    run: (random) => {
      const text = random.oneIn(4) ? damaged(random, good, good) : replaced(random, good);
      try {
        app.initChain({ ...initChainRequest({}), appStateBytes: Buffer.from(text) });
        return true;
      } catch (error) {
        const told = error instanceof Error && !(error.cause instanceof TypeError) && !(error instanceof TypeError);
        if (told && !/call stack|allocation/i.test(error.message)) return false;
        throw new Error(text, { cause: error });
      }
    },
    close: async () => store.close(),
  };
}
