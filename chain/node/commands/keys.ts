import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { armorKey, openArmor } from '../armor.ts';
import { OperatorError } from '../failure.ts';
import { bech32Prefix, readGenesis } from '../genesis.ts';
import { type KeyInfo, type Keyring, openKeyring } from '../keyring.ts';
import { homePaths } from '../paths.ts';
import { askHidden, askPassphrase, PASSPHRASE_VARIABLE } from '../prompt.ts';
import { type HomeFlag, homeOption, print, readInput, say } from './shared.ts';

interface KeysFlags extends HomeFlag {
  readonly prefix?: string;
}

interface NewKeyFlags extends KeysFlags {
  readonly keyringBackend: 'file' | 'test';
  readonly account: number;
  readonly index: number;
  readonly coinType: number;
  readonly hdPath?: string;
}

interface AddKeyFlags extends NewKeyFlags {
  readonly recover: boolean;
  readonly multisig?: readonly string[];
  readonly multisigThreshold: number;
  readonly nosort: boolean;
}

/** A number that BIP-32 allows in a path. */
function pathNumber(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 31) return Number(text);
  throw new InvalidArgumentError('It must be a number from 0 to 2147483647.');
}

function threshold(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number of keys.');
}

function hdPathOf({ hdPath, coinType, account, index }: NewKeyFlags): string {
  return hdPath ?? `m/44'/${coinType}'/${account}'/0/${index}`;
}

/** Where in a mnemonic's tree the key is, as BIP-44 says. */
function withPath(command: Command): Command {
  return command
    .option('--account <number>', 'account of the derivation path', pathNumber, 0)
    .option('--index <number>', 'address index of the derivation path', pathNumber, 0)
    .option('--coin-type <number>', 'coin type of the derivation path', pathNumber, 118)
    .option('--hd-path <path>', "the whole derivation path, such as m/44'/118'/0'/0/0, in place of these three");
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
    new Option('--keyring-backend <kind>', 'how the secret is kept').choices(['file', 'test']).default('file');

  withPath(
    keys
      .command('add')
      .summary('make a key, recover one, or join several')
      .description(
        'Make a new key and show its mnemonic once: 24 words, the only backup. With --recover store the key of a mnemonic ' +
          'instead; with --multisig the one that several keys are together, of which some sign.',
      )
      .argument('<name>'),
  )
    .option('--recover', 'ask for the mnemonic', false)
    .option('--multisig <names>', 'keys of this home, with commas', (text) =>
      text.split(',').map((name) => name.trim()),
    )
    .option('--multisig-threshold <number>', 'how many of them sign', threshold, 1)
    .option('--nosort', 'leave the keys of --multisig in their order, on which the address depends', false)
    .addOption(backend())
    .addOption(prefix())
    .addOption(homeOption())
    .action(async (name: string, flags: AddKeyFlags) => {
      const keyring = keyringOf(flags.home, flags.prefix);
      if (flags.multisig !== undefined) {
        print(describe(keyring.addMultisig(name, flags.multisig, flags.multisigThreshold, flags.nosort)));
        return;
      }
      const mnemonic = flags.recover ? await askHidden('mnemonic: ') : undefined;
      const options = { mnemonic, test: flags.keyringBackend === 'test', hdPath: hdPathOf(flags) };
      const { info, mnemonic: words } = await keyring.add(name, options);
      print({ ...describe(info), ...(flags.recover ? {} : { mnemonic: words }) });
      if (info.isTestKey) say('This is a public test key: anyone who reads the file has it. Never fund it.');
      else if (!flags.recover) {
        say('Write the mnemonic down: whoever has it has the key, and nothing else brings it back.');
      }
    });

  withPath(
    keys
      .command('import')
      .summary('store the key of a mnemonic or of an export')
      .description(
        'Store the key of a mnemonic, which is typed or piped in, or with a file the key that "keys export" of infinetd or of ' +
          'an SDK chain (0.50 or newer) wrote.',
      )
      .argument('<name>', 'its name from now on')
      .argument('[file]', 'an exported key; "-" is standard input'),
  )
    .addOption(backend())
    .addOption(prefix())
    .addOption(homeOption())
    .action(async (name: string, file: string | undefined, flags: NewKeyFlags) => {
      const keyring = keyringOf(flags.home, flags.prefix);
      const test = flags.keyringBackend === 'test';
      if (file !== undefined) {
        const secret = await openArmor(readInput(file), await askHidden('passphrase of the exported key: '));
        print(describe(await keyring.addPrivateKey(name, secret, test)));
        return;
      }
      const mnemonic = await askHidden('mnemonic: ');
      const { info } = await keyring.add(name, { mnemonic, test, hdPath: hdPathOf(flags) });
      print(describe(info));
    });

  keys
    .command('export')
    .summary('write a private key, encrypted')
    .description(
      'Write the private key of an account to standard output, encrypted with a passphrase of its own, in the form that ' +
        '"keys import" of infinetd and of SDK chains reads.',
    )
    .argument('<name>')
    .addOption(homeOption())
    .action(async (name: string, flags: HomeFlag) => {
      const secret = await keyringOf(flags.home).privateKey(name);
      const passphrase = await askHidden('passphrase for the exported key: ');
      if (passphrase.length < 8) throw new OperatorError('a passphrase has at least 8 characters');
      if ((await askHidden('the same again: ')) !== passphrase) throw new OperatorError('the two passphrases differ');
      process.stdout.write(await armorKey(secret, passphrase));
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
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const { multisig } = info;
  return {
    name: info.name,
    kind: info.kind,
    address: info.address,
    ...(multisig === undefined
      ? { public_key: base64(info.publicKey) }
      : { threshold: multisig.threshold, public_keys: multisig.publicKeys.map(base64) }),
    ...(info.hdPath === undefined ? {} : { hd_path: info.hdPath }),
    ...(info.isTestKey ? { public_test_key: true } : {}),
  };
}
