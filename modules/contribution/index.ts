import { handle } from '../../chain/message.ts';
import type { Module } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { beginAssessment } from './admission.ts';
import { expireCommitments } from './commitments.ts';
import { Escrow } from './escrow.ts';
import type { Assessor, EscrowBank, Valuer } from './expected.ts';
import { exportGenesis, initGenesis } from './genesis.ts';
import { appeal } from './handlers/appeal.ts';
import { appendRecords } from './handlers/appendRecords.ts';
import { cancelObjective } from './handlers/cancelObjective.ts';
import { commitContribution } from './handlers/commitContribution.ts';
import { createObjective } from './handlers/createObjective.ts';
import { openShard } from './handlers/openShard.ts';
import { setStreamDevices } from './handlers/setStreamDevices.ts';
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
import { Rounds } from './rounds.ts';
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
  const rounds = new Rounds(escrow, valuer, addresses);
  const lifecycle = new Lifecycle({ escrow, valuer, rounds, addresses });
  const parts: Parts = { escrow, lifecycle, rounds, assessor, addresses };
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
      handle(messages.msgOpenShard, (ctx, message) => openShard(parts, ctx, message)),
      handle(messages.msgAppeal, (ctx, message) => appeal(parts, ctx, message)),
      handle(messages.msgAppendRecords, (ctx, message) => appendRecords(parts, ctx, message)),
      handle(messages.msgSetStreamDevices, (ctx, message) => setStreamDevices(parts, ctx, message)),
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
      rounds.endBlock(ctx, {
        assess: (at, contribution) => beginAssessment(parts, at, contribution),
        dismiss: (at, contribution) => lifecycle.reject(at, contribution, 'shard_refused', false),
      });
      return [];
    },
    invariants: [escrowInvariant(bank)],
  };
  return { module, keeper: createKeeper(parts) };
}
