import { App, storeNames } from '../../chain/app/app.ts';
import { emptyExtensions } from '../../chain/app/extensionSource.ts';
import { consensusParams } from '../../chain/app/kernelState.ts';
import { defaultNodeSettings } from '../../chain/app/options.ts';
import { silentLogger } from '../../chain/logger.ts';
import type { Module } from '../../chain/module.ts';
import { CommitMultiStore } from '../../chain/store/multistore.ts';
import { pruningPresets } from '../../chain/store/pruning.ts';
import { createAuth } from '../../modules/auth/index.ts';
import { moduleAddress } from '../../modules/auth/keeper.ts';
import { createBank } from '../../modules/bank/index.ts';
import type { BankKeeper } from '../../modules/bank/keeper.ts';
import { createConsensus } from '../../modules/consensus/index.ts';
import { createEvidence } from '../../modules/evidence/index.ts';
import { createFeegrant } from '../../modules/feegrant/index.ts';
import { createSlashing } from '../../modules/slashing/index.ts';
import { createStaking } from '../../modules/staking/index.ts';
import { createUpgrade } from '../../modules/upgrade/index.ts';
import type { Chain } from './chain.ts';
import { modulePermissions } from './genesis.ts';
import { addresses, chainId } from './keys.ts';

/** Takes the block's fees away before all else of the next, as simd's distribution does: they end in another account. */
function distributionStub(bank: BankKeeper): Module {
  return {
    name: 'distribution',
    stores: ['circuit'],
    preBlock: (ctx) => {
      if (ctx.block.height <= 1n) return;
      const coins = bank.balances(ctx, bank.moduleAddress('fee_collector'));
      bank.sendModuleToModule(ctx, 'fee_collector', 'distribution', coins);
    },
  };
}

/** The parts of simd's genesis that our modules read: the others are the stub's. */
function known(appState: Uint8Array): Uint8Array {
  const parsed: unknown = JSON.parse(Buffer.from(appState).toString('utf8'));
  const parts = Object.entries(parsed ?? {}).filter(([name]) =>
    ['auth', 'bank', 'staking', 'slashing', 'evidence', 'feegrant'].includes(name),
  );
  return Buffer.from(JSON.stringify(Object.fromEntries(parts)), 'utf8');
}

/** What our answers are compared with: simd, or a chain of its SDK without the modules that we do not have. */
export type Peer = 'simd' | 'sdk';

/** Our state machine in this process, with the modules that the peer has too. */
export function ours(peer: Peer): Chain {
  const authority = moduleAddress('gov');
  const auth = createAuth({ addresses, modulePermissions, authority });
  const blockedModules = Object.keys(modulePermissions).filter((name) => name !== 'gov');
  const bank = createBank({ addresses, accounts: auth.keeper, blockedModules, authority });
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
    report: () => {},
  });
  const feegrant = createFeegrant({ addresses, accounts: auth.keeper, bank: bank.keeper });
  const consensus = createConsensus({ addresses, authority, params: consensusParams });
  const upgrade = createUpgrade({
    addresses,
    authority,
    modules: () => modules,
    upgrades: new Map(),
    handOver: () => {},
    appVersion: () => 0n,
    skipHeights: new Set(),
    report: () => {},
  });
  const modules: Module[] = [
    ...(peer === 'simd' ? [distributionStub(bank.keeper)] : []),
    auth.module,
    bank.module,
    staking.module,
    slashing.module,
    evidence.module,
    feegrant.module,
    consensus.module,
    upgrade.module,
  ];
  const store = CommitMultiStore.open(undefined, {
    meta: { chainId, bech32Prefix: 'cosmos' },
    stores: storeNames(modules),
    pruning: pruningPresets.nothing,
  });
  const app = new App({
    chainId,
    addresses,
    modules,
    store,
    accounts: auth.keeper,
    bank: bank.keeper,
    feeGrants: feegrant.keeper,
    // simd's circuit breaker looks each message up, which costs gas.
    isAllowed: (ctx, typeUrl) => peer === 'sdk' || !ctx.kv('circuit').has(`\x02${typeUrl}`),
    extensions: emptyExtensions,
    logger: silentLogger,
    node: defaultNodeSettings,
  });
  return {
    initChain: async (request) => app.initChain({ ...request, appStateBytes: known(request.appStateBytes) }),
    checkTx: async (request) => app.checkTx(request),
    finalizeBlock: async (request) => app.finalizeBlock(request),
    commit: async () => {
      app.commit();
    },
    query: async (request) => app.query(request),
    close: () => store.close(),
  };
}
