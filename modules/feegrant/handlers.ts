import { ensure, fail, failUnregistered, sdkErrors } from '../../chain/errors.ts';
import { handle, type MessageRoute } from '../../chain/message.ts';
import { orRefuse } from '../../chain/queryErrors.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { readAllowance, validateAllowance } from './allowance.ts';
import { feegrantErrors } from './errors.ts';
import { pruneFeegrant } from './events.ts';
import type { FeegrantKeeper } from './keeper.ts';
import { msgGrantAllowance, msgPruneAllowances, msgRevokeAllowance } from './messages.ts';

/** Most ended allowances that one message removes. */
const pruneLimit = 75;

export function feegrantHandlers(keeper: FeegrantKeeper, addresses: AddressCodec): MessageRoute[] {
  const address = (text: string) => orRefuse(() => addresses.account(text), failUnregistered);
  return [
    handle(msgGrantAllowance, (ctx, message) => {
      const isSelf = message.grantee.toLowerCase() === message.granter.toLowerCase();
      ensure(!isSelf, sdkErrors.invalidAddress, 'cannot self-grant fee authorization');
      const [grantee, granter] = [address(message.grantee), address(message.granter)];
      keeper.requireNone(ctx, granter, grantee);
      if (message.allowance === undefined) return fail(feegrantErrors.noAllowance, 'failed to get allowance');
      const allowance = readAllowance(message.allowance);
      validateAllowance(allowance);
      keeper.grant(ctx, granter, grantee, allowance);
      return {};
    }),
    handle(msgRevokeAllowance, (ctx, message) => {
      ensure(message.grantee !== message.granter, sdkErrors.invalidAddress, 'addresses must be different');
      const [grantee, granter] = [address(message.grantee), address(message.granter)];
      keeper.revoke(ctx, granter, grantee);
      return {};
    }),
    handle(msgPruneAllowances, (ctx, { pruner }) => {
      keeper.prune(ctx, pruneLimit);
      ctx.log.emit(pruneFeegrant.encode({ pruner }));
      return {};
    }),
  ];
}
