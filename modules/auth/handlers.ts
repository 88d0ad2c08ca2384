import { fail, sdkErrors } from '../../chain/errors.ts';
import { handle, type MessageRoute } from '../../chain/message.ts';
import { auth } from '../../sdk/codec/index.ts';
import { authErrors } from './errors.ts';
import { msgUpdateParams } from './messages.ts';
import { paramsProblem } from './params.ts';
import type { AuthState } from './state.ts';

/** `authority` is the Bech32 address of the governance account. */
export function authHandlers(state: AuthState, authority: string): MessageRoute[] {
  return [
    handle(msgUpdateParams, (ctx, message) => {
      if (message.authority !== authority) {
        fail(authErrors.wrongAuthority, `invalid authority; expected ${authority}, got ${message.authority}`);
      }
      const params = message.params ?? auth.Params.fromPartial({});
      const problem = paramsProblem(params);
      if (problem !== undefined) fail(sdkErrors.invalidRequest, problem);
      state.params.set(ctx, params);
      return {};
    }),
  ];
}
