import type { Context } from '../../chain/context.ts';
import { ensure, fail } from '../../chain/errors.ts';
import { JsonNode } from '../../chain/json/node.ts';
import { handle, type MessageRoute } from '../../chain/message.ts';
import type {
  MsgRegisterVrfKey,
  MsgRegisterVrfKeyResponse,
  MsgUpdateParams,
  MsgUpdateParamsResponse,
} from '../../proto/generated/infinet/beacon/v1/tx.ts';
import type { Params } from '../../proto/generated/infinet/beacon/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { verify } from './ecvrf.ts';
import { authorityErrors, beaconErrors } from './errors.ts';
import { vrfKeyRegistered } from './events.ts';
import type { BeaconStaking } from './expected.ts';
import { keyProofAlpha } from './formulas.ts';
import { KEY_DELAY_ROUNDS, keyInRound } from './keys.ts';
import { msgRegisterVrfKey, msgUpdateParams } from './messages.ts';
import { paramsJson, readParams } from './params.ts';
import { currentRound, keyOwners, keys, params } from './state.ts';

/** A unit of gas buys about as much CPU time here as in a bank send (`npm run simulate -- --gas`). */
const VRF_VERIFY_GAS = 500_000n;

/** @param authority Bech32 address of the governance account */
export function createHandlers(staking: BeaconStaking, addresses: AddressCodec, authority: string): MessageRoute[] {
  return [
    handle(msgRegisterVrfKey, (ctx, message) => registerVrfKey(ctx, message, staking, addresses)),
    handle(msgUpdateParams, (ctx, message) => updateParams(ctx, message, authority)),
  ];
}

function registerVrfKey(
  ctx: Context,
  message: MsgRegisterVrfKey,
  staking: BeaconStaking,
  addresses: AddressCodec,
): MsgRegisterVrfKeyResponse {
  const operator = addresses.account(message.operator);
  ensure(staking.validatorByOperator(ctx, operator) !== undefined, beaconErrors.notValidator, message.operator);
  ensure(!keyOwners.has(ctx, message.publicKey), beaconErrors.keyTaken);

  ctx.gas.consume(VRF_VERIFY_GAS, 'vrf proof');
  const alpha = keyProofAlpha(ctx.block.chainId, operator);
  ensure(verify(message.publicKey, alpha, message.proof) !== undefined, beaconErrors.unprovenKey);

  const { round } = currentRound(ctx);
  const before = keys.get(ctx, operator);
  const allowed =
    before === undefined || before.registeredRound === 0n
      ? round
      : before.registeredRound + params.require(ctx).rotationRounds;
  ensure(round >= allowed, beaconErrors.rotationTooSoon, `round ${round}, next rotation in round ${allowed}`);

  const activeRound = round + KEY_DELAY_ROUNDS;
  keyOwners.set(ctx, message.publicKey, operator);
  keys.set(ctx, operator, {
    publicKey: (before === undefined ? undefined : keyInRound(before, round)) ?? new Uint8Array(),
    nextPublicKey: message.publicKey,
    nextRound: activeRound,
    registeredRound: round,
  });
  ctx.log.emit(
    vrfKeyRegistered.encode({
      operator: addresses.accountText(operator),
      public_key: message.publicKey,
      active_round: activeRound,
    }),
  );
  return { activeRound };
}

function updateParams(ctx: Context, message: MsgUpdateParams, authority: string): MsgUpdateParamsResponse {
  const text = `invalid authority; expected ${authority}, got ${message.authority}`;
  ensure(message.authority === authority, authorityErrors.invalidSigner, text);
  params.set(ctx, checked(message.params));
  return {};
}

function checked(given: Params | undefined): Params {
  if (given === undefined) return fail(beaconErrors.invalidParams, 'all parameters must be present');
  try {
    return readParams(new JsonNode(paramsJson(given), 'params'));
  } catch (error) {
    return fail(beaconErrors.invalidParams, error instanceof Error ? error.message : 'params');
  }
}
