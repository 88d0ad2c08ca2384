#!/usr/bin/env node
import '../nodeVersion.ts';
import './node/requirePlatform.ts';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { createAuth } from '../modules/auth/index.ts';
import { moduleAddress } from '../modules/auth/keeper.ts';
import { createBank } from '../modules/bank/index.ts';
import { isValidPublicKey, prove, verify } from '../modules/beacon/ecvrf.ts';
import { keyProofAlpha } from '../modules/beacon/formulas.ts';
import { createBeacon } from '../modules/beacon/index.ts';
import { createConsensus } from '../modules/consensus/index.ts';
import { createContribution } from '../modules/contribution/index.ts';
import { createFeegrant } from '../modules/feegrant/index.ts';
import { createOracle } from '../modules/oracle/index.ts';
import { createRewards } from '../modules/rewards/index.ts';
import { createStaking } from '../modules/staking/index.ts';
import { createUpgrade } from '../modules/upgrade/index.ts';
import type { UpgradeInfo, UpgradeStep } from '../modules/upgrade/keeper.ts';
import { createValuation } from '../modules/valuation/index.ts';
import { createVerification } from '../modules/verification/index.ts';
import { type AddressCodec, createAddressCodec } from '../sdk/address.ts';
import { App, storeNames } from './app/app.ts';
import { consensusParams } from './app/kernelState.ts';
import { StateSync } from './app/stateSync.ts';
import { COMETBFT_VERSION } from './node/cometbft.ts';
import { addCometCommand } from './node/commands/comet.ts';
import { addConfigCommands } from './node/commands/config.ts';
import { addExportCommand } from './node/commands/export.ts';
import { addGenesisCommands } from './node/commands/genesis.ts';
import { addImportCommand } from './node/commands/import.ts';
import { addInitCommand } from './node/commands/init.ts';
import { addKeysCommands } from './node/commands/keys.ts';
import { addRollbackCommand } from './node/commands/rollback.ts';
import { addStartCommand } from './node/commands/start.ts';
import { addVerifyCommand } from './node/commands/verify.ts';
import { addVrfCommand } from './node/commands/vrf.ts';
import { OperatorError } from './node/failure.ts';
import type { SimulatedWiring, StateMachine, StateMachineOptions } from './node/stateMachine.ts';
import { writeUpgradeInfo } from './node/upgradeInfo.ts';
import { CommitMultiStore } from './store/multistore.ts';
import { rollbackStore } from './store/rollback.ts';
import { Snapshots } from './store/snapshots.ts';
import { verifyStore } from './store/verify.ts';

/** Every module account of the chain and what it may do with coins. */
const modulePermissions = {
  fee_collector: [],
  bonded_tokens_pool: ['burner', 'staking'],
  not_bonded_tokens_pool: ['burner', 'staking'],
  gov: ['burner'],
  contribution: [],
  verification: ['burner'],
  rewards: ['minter'],
  community_pool: [],
} as const;

/** Upgrades that this software knows by the names of their plans, with what each does before modules are migrated. */
const upgrades: ReadonlyMap<string, UpgradeStep> = new Map();

/**
 * All modules in the order in which genesis and hooks run: the only place where they learn of each other.
 *
 * @param handOver told which software is wanted before an upgrade stops the node
 */
export function wireModules(
  addresses: AddressCodec,
  handOver: (info: UpgradeInfo) => void = () => {},
  simulated?: SimulatedWiring,
) {
  const authority = simulated?.authority ?? moduleAddress('gov');
  const known = new Map([...upgrades, ...(simulated?.upgrades ?? []).map((name) => [name, () => {}] as const)]);
  const blockedModules = Object.keys(modulePermissions);
  const auth = createAuth({ addresses, modulePermissions, authority });
  const bank = createBank({ addresses, accounts: auth.keeper, blockedModules, authority });
  const feegrant = createFeegrant({ addresses, accounts: auth.keeper, bank: bank.keeper });
  const consensus = createConsensus({ addresses, authority, params: consensusParams });
  const staking = createStaking({ addresses, accounts: auth.keeper, bank: bank.keeper, authority });
  const oracle = createOracle({ addresses });
  const beacon = createBeacon({ addresses, staking: staking.keeper });
  const rewards = createRewards({ addresses, bank: bank.keeper, staking: staking.keeper, oracle: oracle.keeper });
  const valuation = createValuation({ addresses, rewards: rewards.keeper });
  // Contribution and verification ask each other; closures see both once both are there.
  const contribution: ReturnType<typeof createContribution> = createContribution({
    addresses,
    bank: bank.keeper,
    valuer: valuation.keeper,
    assessor: { requestAssessment: (ctx, id, objective) => verification.keeper.requestAssessment(ctx, id, objective) },
  });
  const verification: ReturnType<typeof createVerification> = createVerification({
    addresses,
    bank: bank.keeper,
    staking: staking.keeper,
    beacon: beacon.keeper,
    contributions: contribution.keeper,
    outcomes: {
      contributionAssessed: (ctx, id, outcome) => contribution.keeper.recordAssessment(ctx, id, outcome),
      runAccepted: (ctx, run) => contribution.keeper.createModelFromRun(ctx, run),
    },
    rewards: rewards.keeper,
    reputation: valuation.keeper,
    vrf: { isValidPublicKey, verify },
  });
  const upgrade: ReturnType<typeof createUpgrade> = createUpgrade({
    addresses,
    authority,
    modules: () => Object.values(wired).map(({ module }) => module),
    upgrades: known,
    handOver,
  });
  const wired = {
    auth,
    bank,
    feegrant,
    consensus,
    staking,
    oracle,
    beacon,
    contribution,
    verification,
    valuation,
    rewards,
    upgrade,
  };
  return wired;
}

/** The state machine of AI Infinet over its store. */
export async function openStateMachine(options: StateMachineOptions): Promise<StateMachine> {
  const { chainId, bech32Prefix, logger } = options;
  const addresses = createAddressCodec(bech32Prefix);
  const { stateFolder } = options;
  const handOver = (info: UpgradeInfo) => void (stateFolder !== undefined && writeUpgradeInfo(stateFolder, info));
  const wired = wireModules(addresses, handOver, options.simulated);
  const modules = Object.values(wired).map(({ module }) => module);
  const store = CommitMultiStore.open(stateFolder, {
    meta: { chainId, bech32Prefix },
    stores: storeNames(modules),
    pruning: options.pruning,
    warn: (text) => logger.warn({ folder: stateFolder }, text),
  });
  const snapshots =
    stateFolder === undefined
      ? undefined
      : new Snapshots(
          {
            folder: join(stateFolder, 'snapshots'),
            meta: { chainId, bech32Prefix },
            interval: options.snapshots?.interval ?? 0,
            keepRecent: options.snapshots?.keepRecent ?? 2,
            warn: (text) => logger.warn({ folder: stateFolder }, text),
          },
          store,
        );
  const app: App = new App({
    chainId,
    addresses,
    modules,
    store,
    accounts: wired.auth.keeper,
    bank: wired.bank.keeper,
    feeGrants: wired.feegrant.keeper,
    extensions: options.extensions({
      // There is nothing to read before the first block.
      symbols: () => (store.version === 0n ? [] : wired.oracle.keeper.symbols(app.queryContext())),
      beaconInput: (key) => (store.version === 0n ? undefined : wired.beacon.keeper.inputFor(app.queryContext(), key)),
      prove,
    }),
    stateSync: snapshots && new StateSync({ store, snapshots, logger }),
    logger,
    node: options.settings,
  });
  return {
    application: app,
    queries: app,
    get height() {
      return store.version;
    },
    get appHash() {
      return store.appHash;
    },
    exportState: (height) => {
      const ctx = app.queryContext(height);
      return {
        height: ctx.block.height,
        time: ctx.block.time,
        consensusParams: consensusParams.get(ctx),
        appState: app.exportGenesis(ctx.block.height),
      };
    },
    tryGenesis: (request) => app.tryGenesis(request),
    close: async () => {
      await snapshots?.close();
      await store.close();
    },
  };
}

function version(): string {
  // One folder up in the sources, two in what "npm run build" makes.
  const candidates = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url));
  const found = candidates.find((path) => existsSync(path));
  const read: unknown = found === undefined ? {} : JSON.parse(readFileSync(found, 'utf8'));
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : 'unknown';
}

function createProgram(): Command {
  const program = new Command('infinetd')
    .description('A node of AI Infinet: the state machine beside CometBFT.')
    .enablePositionalOptions()
    .showHelpAfterError('(see --help)');
  addInitCommand(program);
  addStartCommand(program, version(), openStateMachine);
  addKeysCommands(program);
  addGenesisCommands(program, openStateMachine);
  addExportCommand(program, openStateMachine);
  addImportCommand(program, openStateMachine);
  addCometCommand(program);
  addConfigCommands(program);
  addVrfCommand(program, (seed, chainId, operator) => prove(seed, keyProofAlpha(chainId, operator)));
  addVerifyCommand(program, ({ chainId, bech32Prefix, stateFolder }) => {
    const modules = Object.values(wireModules(createAddressCodec(bech32Prefix))).map(({ module }) => module);
    return verifyStore(stateFolder, { chainId, bech32Prefix }, storeNames(modules));
  });
  addRollbackCommand(program, ({ chainId, bech32Prefix, stateFolder, blocks }) => {
    const modules = Object.values(wireModules(createAddressCodec(bech32Prefix))).map(({ module }) => module);
    return rollbackStore(stateFolder, { chainId, bech32Prefix }, storeNames(modules), blocks);
  });
  program
    .command('version')
    .description('Show the versions of infinetd, of Node and of the CometBFT line that it works with.')
    .action(() => {
      process.stdout.write(`infinetd ${version()}\nnode ${process.version}\ncometbft ${COMETBFT_VERSION}\n`);
    });
  return program;
}

if (import.meta.main) {
  try {
    await createProgram().parseAsync();
  } catch (error) {
    // What the operator can mend is one sentence; anything else is a bug and keeps its stack.
    const text = error instanceof OperatorError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`infinetd: ${text}\n`);
    process.exitCode = 1;
  }
}
