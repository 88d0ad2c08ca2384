import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { Option } from 'commander';
import { OperatorError } from '../failure.ts';
import { bech32Prefix, readGenesis } from '../genesis.ts';
import { type KeyInfo, type Keyring, openKeyring } from '../keyring.ts';
import { homePaths } from '../paths.ts';
import { askHidden, askPassphrase, PASSPHRASE_VARIABLE } from '../prompt.ts';
import { type HomeFlag, homeOption, print, say } from './shared.ts';

interface KeysFlags extends HomeFlag {
  readonly prefix?: string;
}

interface NewKeyFlags extends KeysFlags {
  readonly keyringBackend: 'file' | 'test';
}

/** The keyring of a home; addresses carry `prefix`, else the prefix of the home's genesis, else `infinet`. */
export function keyringOf(home: string, prefix?: string): Keyring {
  const paths = homePaths(home);
  const known = existsSync(paths.genesis) ? bech32Prefix(readGenesis(paths.genesis)) : 'infinet';
  return openKeyring({ folder: paths.keyring, prefix: prefix ?? known, passphrase: askPassphrase });
}

export function addKeysCommands(program: Command): void {
  const keys = program
    .command('keys')
    .summary('accounts that sign transactions')
    .description(
      `Keys of accounts, kept in <home>/keyring. They are encrypted with a passphrase, which is typed or taken from ` +
        `${PASSPHRASE_VARIABLE}. With --keyring-backend test a key lies open in its file: only for public test keys.`,
    );
  const prefix = () => new Option('--prefix <text>', 'Bech32 prefix of addresses (default: the one of the genesis)');
  const backend = () =>
    new Option('--keyring-backend <kind>', 'how the mnemonic is kept').choices(['file', 'test']).default('file');

  keys
    .command('add')
    .description('Make a new key and show its mnemonic once: 24 words, the only backup.')
    .argument('<name>')
    .addOption(backend())
    .addOption(prefix())
    .addOption(homeOption())
    .action(async (name: string, flags: NewKeyFlags) => {
      const options = { test: flags.keyringBackend === 'test' };
      const { info, mnemonic } = await keyringOf(flags.home, flags.prefix).add(name, options);
      print({ ...describe(info), mnemonic });
      if (info.isTestKey) say('This is a public test key: anyone who reads the file has it. Never fund it.');
      else say('Write the mnemonic down: whoever has it has the key, and nothing else brings it back.');
    });

  keys
    .command('import')
    .description('Store the key of a mnemonic, which is typed or piped in.')
    .argument('<name>')
    .addOption(backend())
    .addOption(prefix())
    .addOption(homeOption())
    .action(async (name: string, flags: NewKeyFlags) => {
      const mnemonic = await askHidden('mnemonic: ');
      const options = { mnemonic, test: flags.keyringBackend === 'test' };
      const { info } = await keyringOf(flags.home, flags.prefix).add(name, options);
      print(describe(info));
    });

  keys
    .command('delete')
    .description('Delete a key. Only its mnemonic brings it back.')
    .argument('<name>')
    .option('--yes', 'do not ask', false)
    .addOption(homeOption())
    .action(async (name: string, flags: HomeFlag & { readonly yes: boolean }) => {
      const keyring = keyringOf(flags.home);
      // A damaged file has no address to show, and may be deleted all the same.
      const address = addressOrNull(keyring, name);
      if (!flags.yes) {
        const answer = await askHidden(`delete ${name} (${address ?? 'damaged'})? Type its name again: `);
        if (answer.trim() !== name) throw new OperatorError('nothing was deleted');
      }
      keyring.remove(name);
      print({ deleted: name, address });
    });

  keys
    .command('list')
    .description('Show all keys.')
    .addOption(prefix())
    .addOption(homeOption())
    .action((flags: KeysFlags) => print(keyringOf(flags.home, flags.prefix).list().map(describe)));

  keys
    .command('show')
    .description('Show one key.')
    .argument('<name>')
    .addOption(prefix())
    .addOption(homeOption())
    .action((name: string, flags: KeysFlags) => print(describe(keyringOf(flags.home, flags.prefix).show(name))));
}

function addressOrNull(keyring: Keyring, name: string): string | null {
  try {
    return keyring.show(name).address;
  } catch {
    return null;
  }
}

function describe(info: KeyInfo) {
  return {
    name: info.name,
    address: info.address,
    public_key: Buffer.from(info.publicKey).toString('base64'),
    ...(info.isTestKey ? { public_test_key: true } : {}),
  };
}
