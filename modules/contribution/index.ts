import { handle } from '../../chain/message.ts';
import type { Module } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { expireCommitments } from './commitments.ts';
import { Escrow } from './escrow.ts';
import type { Assessor, EscrowBank, Valuer } from './expected.ts';
import { exportGenesis, initGenesis } from './genesis.ts';
import { cancelObjective } from './handlers/cancelObjective.ts';
import { commitContribution } from './handlers/commitContribution.ts';
import { createObjective } from './handlers/createObjective.ts';
import { submitContribution } from './handlers/submitContribution.ts';
import { updateManifest } from './handlers/updateManifest.ts';
import { withdrawContribution } from './handlers/withdrawContribution.ts';
import { escrowInvariant } from './invariants.ts';
import { type ContributionKeeper, createKeeper } from './keeper.ts';
import { Lifecycle } from './lifecycle.ts';
import * as messages from './messages.ts';
import { closeDueObjectives } from './objectives.ts';
import type { Parts } from './parts.ts';
import { contributionQueries } from './queries.ts';
import { MODULE } from './state.ts';
import { beginAnew } from './zeroHeight.ts';

export interface ContributionDeps {
  readonly bank: EscrowBank;
  readonly assessor: Assessor;
  readonly valuer: Valuer;
  readonly addresses: AddressCodec;
}

export function createContribution(deps: ContributionDeps): { module: Module; keeper: ContributionKeeper } {
  const { addresses, assessor, bank, valuer } = deps;
  const escrow = new Escrow(bank);
  const lifecycle = new Lifecycle(escrow, valuer, addresses);
  const parts: Parts = { escrow, lifecycle, assessor, addresses };
  const module: Module = {
    name: MODULE,
    stores: [MODULE],
    messages: [
      handle(messages.msgCreateObjective, (ctx, message) => createObjective(parts, ctx, message)),
      handle(messages.msgCancelObjective, (ctx, message) => cancelObjective(parts, ctx, message)),
      handle(messages.msgCommitContribution, (ctx, message) => commitContribution(parts, ctx, message)),
      handle(messages.msgSubmitContribution, (ctx, message) => submitContribution(parts, ctx, message)),
      handle(messages.msgUpdateManifest, (ctx, message) => updateManifest(parts, ctx, message)),
      handle(messages.msgWithdrawContribution, (ctx, message) => withdrawContribution(parts, ctx, message)),
    ],
    queries: contributionQueries(addresses),
    initGenesis: (ctx, json) => {
      initGenesis(ctx, addresses, json);
      return [];
    },
    exportGenesis,
    beginAnew,
    endBlock: (ctx) => {
      closeDueObjectives(ctx, escrow, addresses);
      expireCommitments(ctx, addresses);
      lifecycle.finalize(ctx);
      return [];
    },
    invariants: [escrowInvariant(bank)],
  };
  return { module, keeper: createKeeper(parts) };
}
