#!/usr/bin/env node
import '../nodeVersion.ts';
import './node/requirePlatform.ts';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuth } from '../modules/auth/index.ts';
import { moduleAddress } from '../modules/auth/keeper.ts';
import { createBank } from '../modules/bank/index.ts';
import { isValidPublicKey, prove, verify } from '../modules/beacon/ecvrf.ts';
import { keyProofAlpha } from '../modules/beacon/formulas.ts';
import { createBeacon } from '../modules/beacon/index.ts';
import { createConsensus } from '../modules/consensus/index.ts';
import { createContribution } from '../modules/contribution/index.ts';
import { createEvidence } from '../modules/evidence/index.ts';
import { createFeegrant } from '../modules/feegrant/index.ts';
import { createOracle } from '../modules/oracle/index.ts';
import { createRewards } from '../modules/rewards/index.ts';
import { createSlashing } from '../modules/slashing/index.ts';
import { createStaking } from '../modules/staking/index.ts';
import { createUpgrade } from '../modules/upgrade/index.ts';
import type { UpgradeInfo } from '../modules/upgrade/keeper.ts';
import { createValuation } from '../modules/valuation/index.ts';
import { createVerification } from '../modules/verification/index.ts';
import { type AddressCodec, createAddressCodec } from '../sdk/address.ts';
import { App, storeNames } from './app/app.ts';
import { consensusParams } from './app/kernelState.ts';
import { StateSync } from './app/stateSync.ts';
import { Context } from './context.ts';
import { runProgram } from './node/commands/program.ts';
import { OperatorError } from './node/failure.ts';
import type { SimulatedWiring, StateMachine, StateMachineOptions } from './node/stateMachine.ts';
import { writeUpgradeInfo } from './node/upgradeInfo.ts';
import type { Software, SoftwareUpgrade } from './software.ts';
import { CommitMultiStore } from './store/multistore.ts';
import { restoreLocal } from './store/restoreLocal.ts';
import { Snapshots } from './store/snapshots.ts';

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

/** Upgrades that this software knows by the names of their plans. */
const upgrades: ReadonlyMap<string, SoftwareUpgrade> = new Map();

export interface WiringOptions {
  /** Told which software is wanted before an upgrade stops the node. */
  readonly handOver?: (info: UpgradeInfo) => void;
  /** Hears of upgrades that are done or skipped. */
  readonly report?: (text: string) => void;
  /** Heights whose planned upgrades this operator skips. */
  readonly skipUpgrades?: readonly bigint[];
  readonly software?: ChainSoftware;
}

/** All modules in the order in which genesis and hooks run: the only place where they learn of each other. */
export function wireModules(addresses: AddressCodec, options: WiringOptions = {}, simulated?: SimulatedWiring) {
  const { handOver = () => {}, report = () => {}, skipUpgrades = [], software = {} } = options;
  const authority = simulated?.authority ?? moduleAddress('gov');
  const known = new Map([
    ...upgrades,
    ...(software.upgrades ?? []),
    ...(simulated?.upgrades ?? []).map((name): [string, SoftwareUpgrade] => [name, {}]),
  ]);
  const blockedModules = Object.keys(modulePermissions);
  const auth = createAuth({ addresses, modulePermissions, authority });
  const bank = createBank({ addresses, accounts: auth.keeper, blockedModules, authority });
  const feegrant = createFeegrant({ addresses, accounts: auth.keeper, bank: bank.keeper });
  const consensus = createConsensus({ addresses, authority, params: consensusParams });
  // Staking tells slashing who enters the active set, and asks who never may again.
  const staking: ReturnType<typeof createStaking> = createStaking({
    addresses,
    accounts: auth.keeper,
    bank: bank.keeper,
    authority,
    signers: {
      validatorCreated: (ctx, operator) => slashing.keeper.validatorCreated(ctx, operator),
      validatorRemoved: (ctx, address) => slashing.keeper.validatorRemoved(ctx, address),
      validatorBonded: (ctx, address) => slashing.keeper.validatorBonded(ctx, address),
      isTombstoned: (ctx, address) => slashing.keeper.isTombstoned(ctx, address),
    },
  });
  const evidence = createEvidence({ addresses });
  const slashing = createSlashing({
    addresses,
    staking: staking.keeper,
    consensus: consensusParams,
    evidence: evidence.keeper,
    authority,
    report,
  });
  const oracle = createOracle({ addresses, slashing: slashing.keeper, authority });
  const beacon = createBeacon({ addresses, staking: staking.keeper, slashing: slashing.keeper, authority });
  const rewards = createRewards({
    addresses,
    bank: bank.keeper,
    staking: staking.keeper,
    oracle: oracle.keeper,
    authority,
    pools: blockedModules,
  });
  // Valuation, contribution and verification ask each other; closures see all once all are there.
  const valuation: ReturnType<typeof createValuation> = createValuation({
    addresses,
    rewards: rewards.keeper,
    assessor: { requestRound: (ctx, id, objective) => verification.keeper.requestRound(ctx, id, objective) },
  });
  const contribution: ReturnType<typeof createContribution> = createContribution({
    addresses,
    bank: bank.keeper,
    valuer: valuation.keeper,
    assessor: {
      requestAssessment: (ctx, id, objective) => verification.keeper.requestAssessment(ctx, id, objective),
      requestAppeal: (ctx, id, objective) => verification.keeper.requestAppeal(ctx, id, objective),
      work: (ctx, runId) => verification.keeper.work(ctx, runId),
    },
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
      roundAssessed: (ctx, id, outcome) => valuation.keeper.roundAssessed(ctx, id, outcome),
    },
    rounds: valuation.keeper,
    rewards: rewards.keeper,
    reputation: valuation.keeper,
    vrf: { isValidPublicKey, verify },
  });
  const upgrade: ReturnType<typeof createUpgrade> = createUpgrade({
    addresses,
    authority,
    modules: () => Object.values(all).map(({ module }) => module),
    upgrades: known,
    appVersion: (ctx) => consensusParams.get(ctx)?.version?.app ?? 0n,
    skipHeights: new Set(skipUpgrades),
    handOver,
    report,
  });
  const wired = {
    auth,
    bank,
    feegrant,
    consensus,
    staking,
    slashing,
    evidence,
    oracle,
    beacon,
    contribution,
    verification,
    valuation,
    rewards,
    upgrade,
  };
  const all: typeof wired = { ...wired, ...software.modules?.(wired) };
  return all;
}

/** All modules of the chain by name. */
export type Wired = ReturnType<typeof wireModules>;
export type ChainSoftware = Software<Wired>;

/** The state machine of AI Infinet over its store. */
export function openStateMachine(options: StateMachineOptions): Promise<StateMachine> {
  return openWith(options, {});
}

async function openWith(options: StateMachineOptions, software: ChainSoftware): Promise<StateMachine> {
  const { chainId, bech32Prefix, logger, stateFolder, skipUpgrades } = options;
  const addresses = createAddressCodec(bech32Prefix);
  const wired = wireModules(
    addresses,
    {
      handOver: (info) => void (stateFolder !== undefined && writeUpgradeInfo(stateFolder, info)),
      report: (text) => logger.info({}, text),
      skipUpgrades,
      software,
    },
    options.simulated,
  );
  const modules = Object.values(wired).map(({ module }) => module);
  const store = CommitMultiStore.open(stateFolder, {
    meta: { chainId, bech32Prefix },
    stores: storeNames(modules),
    upgrade: (committed, height) => {
      const last = { chainId, height: height - 1n, time: 0n, proposer: new Uint8Array() };
      return wired.upgrade.keeper.storeUpgrade(new Context(last, committed.branch()), height);
    },
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
    finalizeInSlices: (request, pause) => app.finalizeInSlices(request, pause),
    queries: app,
    get height() {
      return store.version;
    },
    get appHash() {
      return store.appHash;
    },
    exportState: (height, anew) => {
      const ctx = app.queryContext(height);
      const at = ctx.block.height;
      return {
        height: ctx.block.height,
        time: ctx.block.time,
        consensusParams: consensusParams.get(ctx),
        appState: anew === undefined ? app.exportGenesis(at) : app.exportAnew(at, anew.free),
      };
    },
    tryGenesis: (request) => app.tryGenesis(request),
    takeSnapshot: async (height) => {
      const taken = height === 0n ? store.version : height;
      if (snapshots === undefined || taken === 0n)
        throw new OperatorError('there is no state of which to take a snapshot');
      await snapshots.take(taken);
      return taken;
    },
    restoreSnapshot: async (snapshot, appHash, onProgress) => {
      if (snapshots === undefined) throw new OperatorError('a state in memory takes no snapshot');
      await restoreLocal(store, snapshots, snapshot, appHash, onProgress);
    },
    close: async () => {
      await app.settled();
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

/**
 * `infinetd`, with the modules and upgrades of `software` besides the chain's own: a program of a few lines that calls this is a version
 * of the software of its own.
 */
export async function runInfinetd(software: ChainSoftware = {}): Promise<void> {
  await runProgram({
    version: version(),
    openStateMachine: (options) => openWith(options, software),
    storeNames: (prefix) => {
      const wired = wireModules(createAddressCodec(prefix), { software });
      return storeNames(Object.values(wired).map(({ module }) => module));
    },
    proveVrfKey: (seed, chainId, operator) => prove(seed, keyProofAlpha(chainId, operator)),
  });
}

if (import.meta.main) await runInfinetd();
