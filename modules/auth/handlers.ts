import { fail, failUnregistered, sdkErrors } from '../../chain/errors.ts';
import { handle, type MessageRoute } from '../../chain/message.ts';
import { auth } from '../../sdk/codec/index.ts';
import { msgUpdateParams } from './messages.ts';
import { paramsProblem } from './params.ts';
import type { AuthState } from './state.ts';

/** `authority` is the Bech32 address of the governance account. */
export function authHandlers(state: AuthState, authority: string): MessageRoute[] {
  return [
    handle(msgUpdateParams, (ctx, message) => {
      if (message.authority !== authority) {
        // Elsewhere in the SDK this is an error of `gov` with a code of its own.
        failUnregistered(
          'expected gov account as only signer for proposal message; ' +
            `invalid authority; expected ${authority}, got ${message.authority}`,
        );
      }
      const params = message.params ?? auth.Params.fromPartial({});
      const problem = paramsProblem(params);
      if (problem !== undefined) fail(sdkErrors.invalidRequest, problem);
      state.params.set(ctx, params);
      return {};
    }),
  ];
}
