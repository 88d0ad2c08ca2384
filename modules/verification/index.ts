import { handle } from '../../chain/message.ts';
import type { Module } from '../../chain/module.ts';
import { endBlock } from './endBlock.ts';
import type { Env } from './env.ts';
import { exportGenesis, initGenesis } from './genesis.ts';
import { ackData } from './handlers/ackData.ts';
import { commitAttestation } from './handlers/commitAttestation.ts';
import { commitRun } from './handlers/commitRun.ts';
import { openDispute } from './handlers/openDispute.ts';
import { proveLeaf } from './handlers/proveLeaf.ts';
import { registerRun } from './handlers/registerRun.ts';
import { registerVerifier } from './handlers/registerVerifier.ts';
import { revealAttestation } from './handlers/revealAttestation.ts';
import { revealNodes } from './handlers/revealNodes.ts';
import { selectNode } from './handlers/selectNode.ts';
import { updateVerifier } from './handlers/updateVerifier.ts';
import { verificationInvariants } from './invariants.ts';
import { createKeeper, type VerificationKeeper } from './keeper.ts';
import * as messages from './messages.ts';
import { verificationQueries } from './queries.ts';
import { moduleName } from './state.ts';
import { exactTraining } from './training.ts';
import { beginAnew } from './zeroHeight.ts';

/** What the module is built from; `chain/main.ts` passes keepers, and closures for those that are built later. */
export type VerificationDeps = Omit<Env, 'training'>;

/** `training` stands for the rules of `training/`; tests put smaller ones in. */
export function createVerification(
  deps: VerificationDeps,
  training = exactTraining,
): { module: Module; keeper: VerificationKeeper } {
  const env: Env = { ...deps, training };
  const module: Module = {
    name: moduleName,
    stores: [moduleName],
    messages: [
      handle(messages.msgRegisterVerifier, (ctx, message) => registerVerifier(env, ctx, message)),
      handle(messages.msgUpdateVerifier, (ctx, message) => updateVerifier(env, ctx, message)),
      handle(messages.msgAckData, (ctx, message) => ackData(env, ctx, message)),
      handle(messages.msgCommitAttestation, (ctx, message) => commitAttestation(env, ctx, message)),
      handle(messages.msgRevealAttestation, (ctx, message) => revealAttestation(env, ctx, message)),
      handle(messages.msgRegisterRun, (ctx, message) => registerRun(env, ctx, message)),
      handle(messages.msgCommitRun, (ctx, message) => commitRun(env, ctx, message)),
      handle(messages.msgOpenDispute, (ctx, message) => openDispute(env, ctx, message)),
      handle(messages.msgRevealNodes, (ctx, message) => revealNodes(env, ctx, message)),
      handle(messages.msgSelectNode, (ctx, message) => selectNode(env, ctx, message)),
      handle(messages.msgProveLeaf, (ctx, message) => proveLeaf(env, ctx, message)),
    ],
    queries: verificationQueries(env),
    initGenesis: (ctx, state) => {
      initGenesis(env, ctx, state);
      return [];
    },
    exportGenesis: (ctx) => exportGenesis(ctx),
    beginAnew: (ctx, zero) => beginAnew(env, ctx, zero),
    endBlock: (ctx) => {
      endBlock(env, ctx);
      return [];
    },
    invariants: verificationInvariants(env),
  };
  return { module, keeper: createKeeper(env) };
}
