import type { Context } from '../../../chain/context.ts';
import { fail, sdkErrors } from '../../../chain/errors.ts';
import { orRefuse, queryInternal, queryInvalid } from '../../../chain/queryErrors.ts';
import type { AddressCodec } from '../../../sdk/address.ts';
import type { staking } from '../../../sdk/codec/index.ts';
import { type Delegation, delegationProto } from '../delegations.ts';
import type { StakingState } from '../state.ts';
import { tokensFromShares } from '../validator.ts';

/** What staking's queries share. */
export class QueryReader {
  readonly #state: StakingState;
  readonly #addresses: AddressCodec;

  constructor(state: StakingState, addresses: AddressCodec) {
    this.#state = state;
    this.#addresses = addresses;
  }

  operator(text: string): Uint8Array {
    if (text === '') queryInvalid('validator address cannot be empty');
    return orRefuse(() => this.#addresses.operator(text), refuse);
  }

  delegator(text: string): Uint8Array {
    if (text === '') queryInvalid('delegator address cannot be empty');
    return orRefuse(() => this.#addresses.account(text), refuse);
  }

  /** Both of a question about one delegation: that one is missing is said before what is wrong with the other. */
  pair(delegator: string, operator: string): readonly [delegator: Uint8Array, operator: Uint8Array] {
    if (delegator === '') queryInvalid('delegator address cannot be empty');
    if (operator === '') queryInvalid('validator address cannot be empty');
    return [this.delegator(delegator), this.operator(operator)];
  }

  /** A delegation with what its shares are worth now, in tokens rounded down. */
  describe(ctx: Context, delegation: Delegation): staking.DelegationResponse {
    const operator = this.#addresses.operator(delegation.validatorAddress);
    const validator = this.#state.validators.get(ctx, operator) ?? queryInternal('validator does not exist');
    const amount = tokensFromShares(validator, delegation.shares).truncateInt().toString();
    const denom = this.#state.params.require(ctx).bondDenom;
    return { delegation: delegationProto(delegation), balance: { denom, amount } };
  }
}

/** Plain errors of the SDK's handlers carry no gRPC status. */
function refuse(description: string): never {
  return fail(sdkErrors.invalidRequest, description);
}
