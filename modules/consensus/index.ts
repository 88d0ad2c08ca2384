import type { Context } from '../../chain/context.ts';
import { ensure, failUnregistered } from '../../chain/errors.ts';
import { handle, query } from '../../chain/message.ts';
import type { Module } from '../../chain/module.ts';
import { queryInternal } from '../../chain/queryErrors.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { type cometParams, consensusQuery } from '../../sdk/codec/index.ts';
import { consensusErrors } from './errors.ts';
import { updateConsensusParams } from './events.ts';
import { msgUpdateParams } from './messages.ts';
import { extensionsProblem, paramsProblem, paramsText, updatedParams } from './params.ts';

/** Where the parameters lie: in the kernel's store, since the kernel itself lives by them. */
export interface ParamsStore {
  get(ctx: Context): cometParams.ConsensusParams | undefined;
  set(ctx: Context, params: cometParams.ConsensusParams): void;
}

export interface ConsensusDeps {
  readonly addresses: AddressCodec;
  /** Address that may change parameters: the account of the module `gov`. */
  readonly authority: Uint8Array;
  readonly params: ParamsStore;
}

/** The door of consensus: CometBFT's parameters as messages and queries know them. */
export function createConsensus({ addresses, authority, params }: ConsensusDeps): { module: Module } {
  const expected = addresses.accountText(authority);
  return {
    module: {
      name: 'consensus',
      stores: [],
      messages: [
        handle(msgUpdateParams, (ctx, message) => {
          const { authority: sender } = message;
          const text = `invalid authority; expected ${expected}, got ${sender}`;
          ensure(sender === expected, consensusErrors.wrongAuthority, text);
          const now = params.get(ctx) ?? failUnregistered('collections: not found');
          const next = updatedParams(now, message) ?? failUnregistered('all parameters must be present');
          const enabled = now.abci?.voteExtensionsEnableHeight ?? 0n;
          const problem =
            paramsProblem(next) ??
            extensionsProblem(enabled, message.abci?.voteExtensionsEnableHeight, ctx.block.height);
          if (problem !== undefined) failUnregistered(problem);
          params.set(ctx, next);
          ctx.log.emit(updateConsensusParams.encode({ authority: sender, parameters: paramsText(message) }));
          return {};
        }),
      ],
      queries: [
        query(
          '/cosmos.consensus.v1.Query/Params',
          consensusQuery.QueryParamsRequest,
          consensusQuery.QueryParamsResponse,
          (ctx) => ({ params: params.get(ctx) ?? queryInternal('collections: not found') }),
        ),
      ],
    },
  };
}
