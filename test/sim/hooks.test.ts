import { expect, it, vi } from 'vitest';
import { App, storeNames } from '../../chain/app/app.ts';
import { emptyExtensions } from '../../chain/app/extensionSource.ts';
import { CodedError, sdkErrors } from '../../chain/errors.ts';
import { silentLogger } from '../../chain/logger.ts';
import { wireModules } from '../../chain/main.ts';
import type { Module } from '../../chain/module.ts';
import { CommitMultiStore } from '../../chain/store/multistore.ts';
import { addresses, chainId, genesisOperators } from './actors.ts';
import { appState, initChainRequest, settings } from './genesis.ts';
import { wiring } from './machine.ts';
import { simulate } from './run.ts';
import { blockDigest, type SimulatedBlock } from './simulator.ts';

// Generous: other programs share the machine.
vi.setConfig({ testTimeout: 900_000 });

const hooks = ['preBlock', 'voteExtensions', 'misbehavior', 'beginBlock', 'endBlock'] as const;
type Hook = (typeof hooks)[number];

/** What the armed hook throws after it has done its work: the worst moment. */
interface Trap {
  at: string;
  error: Error;
}

function trapped(module: Module, trap: Trap): Module {
  const spring = (hook: Hook) => {
    if (trap.at === `${module.name} ${hook}`) throw trap.error;
  };
  const { preBlock, voteExtensions, misbehavior, beginBlock, endBlock } = module;
  return {
    ...module,
    ...(preBlock && {
      preBlock: (ctx) => {
        preBlock(ctx);
        spring('preBlock');
      },
    }),
    ...(voteExtensions && {
      voteExtensions: (ctx, votes) => {
        voteExtensions(ctx, votes);
        spring('voteExtensions');
      },
    }),
    ...(misbehavior && {
      misbehavior: (ctx, faults) => {
        misbehavior(ctx, faults);
        spring('misbehavior');
      },
    }),
    ...(beginBlock && {
      beginBlock: (ctx) => {
        beginBlock(ctx);
        spring('beginBlock');
      },
    }),
    ...(endBlock && {
      endBlock: (ctx) => {
        const updates = endBlock(ctx);
        spring('endBlock');
        return updates;
      },
    }),
  };
}

/** The whole chain in memory, with traps in every hook. */
function trappedChain(trap: Trap) {
  const wired = wireModules(addresses, undefined, wiring());
  const modules = Object.values(wired).map(({ module }) => trapped(module, trap));
  const store = CommitMultiStore.open(undefined, {
    meta: { chainId, bech32Prefix: addresses.prefix },
    stores: storeNames(modules),
  });
  const app = new App({
    chainId,
    addresses,
    modules,
    store,
    accounts: wired.auth.keeper,
    bank: wired.bank.keeper,
    feeGrants: wired.feegrant.keeper,
    extensions: emptyExtensions,
    logger: silentLogger,
    node: settings,
  });
  app.initChain(initChainRequest(appState()));
  const places = modules.flatMap((module) =>
    hooks.filter((hook) => hook in module).map((hook) => `${module.name} ${hook}`),
  );
  return { app, store, places };
}

it('a throw in any block hook halts the node before anything is kept, and a mended node makes the same block', async () => {
  const blocks: SimulatedBlock[] = [];
  await simulate({ seed: 9, blocks: 16, onBlock: (block) => void blocks.push(block) });
  const trap: Trap = { at: '', error: new TypeError('a bug') };
  const { app, store, places } = trappedChain(trap);
  const last = blocks.pop();
  if (last === undefined) throw new Error('no blocks');
  for (const { request } of blocks) {
    app.finalizeBlock(request);
    app.commit();
  }
  const before = store.appHash;
  expect(places.length).toBeGreaterThan(5);
  expect(places).toContain('slashing misbehavior');
  const [signer] = genesisOperators;
  const accused = { address: signer?.consensus.address ?? new Uint8Array(), power: 1000n };
  const fault = {
    type: 1,
    validator: accused,
    height: last.height - 1n,
    time: last.request.time,
    totalVotingPower: 0n,
  };
  const accusing = { ...last.request, misbehavior: [fault] };
  for (const at of places) {
    // A coded error is a tx's way to fail; in a hook it is a bug like any other.
    for (const error of [new TypeError('a bug'), new CodedError(sdkErrors.logic)]) {
      Object.assign(trap, { at, error });
      expect(() => app.finalizeBlock(accusing), at).toThrow(error.message);
      expect(() => app.commit(), at).toThrow();
      expect([store.version, store.appHash], at).toEqual([last.height - 1n, before]);
    }
  }
  trap.at = '';
  expect(blockDigest(app.finalizeBlock(last.request))).toBe(blockDigest(last.response));
});
