import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { openKeyring } from '../chain/node/keyring.ts';
import { homePaths } from '../chain/node/paths.ts';
import { askPassphrase } from '../chain/node/prompt.ts';
import { createQuerier, type Querier } from '../sdk/query.ts';
import { connectNode, openSession, type Session } from './session.ts';

/** Which node is asked. */
export interface NodeFlags {
  readonly node: string;
}

/** Who signs, and what is paid for it. */
export interface SignerFlags extends NodeFlags {
  readonly from: string;
  readonly home: string;
  readonly prefix: string;
  readonly denom: string;
  readonly gasPriceMicro: bigint;
}

export function withNode(command: Command): Command {
  return command.addOption(
    new Option('--node <url>', "JSON-RPC of a node's CometBFT").env('INFINET_NODE').default('http://127.0.0.1:26657'),
  );
}

export function withSigner(command: Command): Command {
  return withNode(command)
    .requiredOption('--from <key>', 'name of the key that signs, see "infinetd keys"')
    .addOption(
      new Option('--home <folder>', 'where the keyring lies')
        .env('INFINET_HOME')
        .default(join(homedir(), '.infinet'), '~/.infinet')
        .argParser((value: string) => resolve(value)),
    )
    .option('--prefix <text>', 'Bech32 prefix of the chain', 'infinet')
    .option('--denom <denom>', 'denomination of fees, deposits and stakes', 'uinf')
    .option('--gas-price-micro <number>', 'fee a unit of gas, in 10^-6 of the denomination', wholeNumber, 1000n);
}

export async function sessionOf(flags: SignerFlags): Promise<Session> {
  const folder = homePaths(flags.home).keyring;
  const keyring = openKeyring({ folder, prefix: flags.prefix, passphrase: askPassphrase });
  const { node, denom, gasPriceMicro } = flags;
  return await openSession({ rpc: node, signer: await keyring.signer(flags.from), denom, gasPriceMicro });
}

/** Runs `work` with a connection that is closed afterwards. */
export async function withQuerier<T>(flags: NodeFlags, work: (querier: Querier) => Promise<T>): Promise<T> {
  const comet = await connectNode(flags.node);
  try {
    return await work(createQuerier(comet));
  } finally {
    comet.disconnect();
  }
}

export function wholeNumber(text: string): bigint {
  if (!/^\d{1,19}$/.test(text)) throw new InvalidArgumentError('it must be a whole number');
  return BigInt(text);
}

/** Collects an option that may be given several times. */
export function idList(text: string, before: readonly bigint[]): bigint[] {
  return [...before, wholeNumber(text)];
}

/** A result: JSON on standard output, big integers as decimal text, bytes as hex. */
export function print(value: unknown): void {
  const plain = (_key: string, entry: unknown) =>
    typeof entry === 'bigint'
      ? entry.toString()
      : entry instanceof Uint8Array
        ? Buffer.from(entry).toString('hex')
        : entry;
  process.stdout.write(`${JSON.stringify(value, plain, 2)}\n`);
}

/** What is told to people on the way. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
