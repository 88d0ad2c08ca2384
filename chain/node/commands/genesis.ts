import { readFileSync, writeFileSync } from 'node:fs';
import { fromBech32 } from '@cosmjs/encoding';
import type { Command } from 'commander';
import { parse } from 'smol-toml';
import { OperatorError, reason } from '../failure.ts';
import { addAccount, bech32Prefix, type Genesis, parseGenesisText, readGenesis, writeGenesis } from '../genesis.ts';
import { parseCoins } from '../genesisBank.ts';
import { checkGenesis, type GenesisReport } from '../genesisCheck.ts';
import { collectGentxs, type Gentx, makeGentx, readGentxs, saveGentx } from '../gentx.ts';
import { readIdentity } from '../nodeKeys.ts';
import { homePaths } from '../paths.ts';
import type { OpenStateMachine } from '../stateMachine.ts';
import { editToml } from '../tomlEdit.ts';
import { keyringOf } from './keys.ts';
import { type HomeFlag, homeOption, print, readInput, say } from './shared.ts';

interface GentxFlags extends HomeFlag {
  readonly moniker?: string;
  readonly ip: string;
  readonly p2pPort: string;
}

export function addGenesisCommands(program: Command, openStateMachine: OpenStateMachine): void {
  const genesis = program
    .command('genesis')
    .summary('prepare and check a new chain')
    .description('Fills and checks <home>/config/genesis.json of a chain that has not started yet.');

  genesis
    .command('add-account')
    .description('Give an account coins from the first block on.')
    .argument('<address-or-key>', 'Bech32 address, or the name of a key of this home')
    .argument('<coins>', 'such as 1000000uinf, several with commas')
    .addOption(homeOption())
    .action((target: string, coins: string, flags: HomeFlag) => {
      const path = homePaths(flags.home).genesis;
      const current = readGenesis(path);
      const address = addressOf(target, current, flags.home);
      writeGenesis(path, addAccount(current, { address, coins: parseCoins(coins) }));
      print({ address, coins });
    });

  genesis
    .command('gentx')
    .alias('add-validator-gentx')
    .description('Sign the creation of this node as a validator, to be collected into the genesis.')
    .argument('<key>', 'name of the key that operates the validator')
    .argument('<amount>', 'self-delegation, such as 100000000uinf')
    .option('--moniker <text>', 'name for people (default: the one of the node)')
    .option('--ip <host>', 'where other nodes reach this one', '127.0.0.1')
    .option('--p2p-port <port>', 'and on which port', '26656')
    .addOption(homeOption())
    .action(async (key: string, amount: string, flags: GentxFlags) => {
      const paths = homePaths(flags.home);
      const current = readGenesis(paths.genesis);
      const identity = readIdentity(paths);
      const gentx = await makeGentx({
        genesis: current,
        signer: await keyringOf(flags.home).signer(key),
        moniker: flags.moniker ?? monikerOf(paths.cometConfig),
        publicKey: identity.validatorPublicKey,
        vrfPublicKey: identity.vrfPublicKey,
        tokens: tokensOf(amount, current),
        peer: `${identity.nodeId}@${flags.ip}:${flags.p2pPort}`,
      });
      // Judged now with the genesis at hand, so that a missing account shows here and not on another machine.
      collectGentxs(current, [gentx]);
      print({ file: saveGentx(paths.gentxs, gentx), validator: gentx.message.validatorAddress, peer: gentx.peer });
    });

  genesis
    .command('collect')
    .description(
      'Put all genesis transactions of <home>/config/gentx into the genesis, and their nodes into the peers.',
    )
    .addOption(homeOption())
    .action(async (flags: HomeFlag) => {
      const paths = homePaths(flags.home);
      const gentxs = readGentxs(paths.gentxs);
      const collected = collectGentxs(readGenesis(paths.genesis), gentxs);
      await checkGenesis(collected, openStateMachine, 'the genesis with these transactions');
      writeGenesis(paths.genesis, collected);
      const own = readIdentity(paths).nodeId;
      const peers = gentxs.flatMap(({ peer }) => (peer === '' || peer.startsWith(`${own}@`) ? [] : [peer]));
      const settings = readFileSync(paths.cometConfig, 'utf8');
      writeFileSync(paths.cometConfig, editToml(settings, { p2p: { persistent_peers: peers.join(',') } }));
      say(`the genesis is complete: give ${paths.genesis} to every node of the chain`);
      print({ validators: gentxs.map(describeGentx) });
    });
  addValidateCommand(genesis, openStateMachine);
}

function addValidateCommand(genesis: Command, openStateMachine: OpenStateMachine): void {
  genesis
    .command('validate')
    .summary('check a genesis file')
    .description(
      "Carries out a genesis in memory as the first block would find it: CometBFT's part, the state of every module, the " +
        'signatures of genesis transactions, all invariants. Names the first field that is wrong; the exit status is 1 ' +
        'then. The file may be in the form that SDK chains write.',
    )
    .argument('[file]', '"-" is standard input (default: the genesis of the home)')
    .addOption(homeOption())
    .action(async (file: string | undefined, flags: HomeFlag) => {
      const path = file ?? homePaths(flags.home).genesis;
      const report = await checkGenesis(parseGenesisText(readInput(path), path), openStateMachine, path);
      print({ file: path, valid: true, ...describeReport(report) });
    });
}

/** A report as commands print it. */
export function describeReport({ chainId, initialHeight, accounts, validators, notes }: GenesisReport) {
  return {
    chain_id: chainId,
    initial_height: initialHeight.toString(),
    accounts,
    validators: validators.map(({ publicKey, power }) => ({ public_key: publicKey, power })),
    notes,
  };
}

function describeGentx({ message }: Gentx) {
  return { moniker: message.description.moniker, operator_address: message.validatorAddress };
}

function addressOf(target: string, genesis: Genesis, home: string): string {
  const prefix = bech32Prefix(genesis);
  try {
    const decoded = fromBech32(target);
    if (decoded.prefix === prefix && decoded.data.length > 0) return target;
  } catch {
    return keyringOf(home).show(target).address;
  }
  throw new OperatorError(`${target} is not an account address of this chain: those begin with ${prefix}1`);
}

function tokensOf(amount: string, genesis: Genesis): bigint {
  const denom = genesis.app_state.staking.params.bond_denom;
  const [coin, ...more] = parseCoins(amount);
  if (coin === undefined || more.length > 0 || coin.denom !== denom) {
    throw new OperatorError(`a validator stakes one amount in ${denom}, not ${amount}`);
  }
  return BigInt(coin.amount);
}

function monikerOf(cometConfig: string): string {
  try {
    const { moniker } = parse(readFileSync(cometConfig, 'utf8'));
    return typeof moniker === 'string' ? moniker : '';
  } catch (error) {
    throw new OperatorError(`cannot read ${cometConfig}: ${reason(error)}`, { cause: error });
  }
}
