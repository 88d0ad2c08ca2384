import type { Context } from '../../chain/context.ts';
import { fail, sdkErrors } from '../../chain/errors.ts';
import { addCoins, type Coin, coinsEqual, ensurePositiveCoins, isDenom, readCoins } from '../../chain/math/coins.ts';
import { handle, type MessageRoute } from '../../chain/message.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { bank, type bankTx } from '../../sdk/codec/index.ts';
import { authorityErrors, bankErrors } from './errors.ts';
import type { BankKeeper } from './keeper.ts';
import { msgMultiSend, msgSend, msgSetSendEnabled, msgUpdateParams } from './messages.ts';
import type { BankState } from './state.ts';

/** Carries out bank's messages; checks come in the SDK's order, because the first that fails is what a client sees. */
export class BankHandlers {
  readonly #state: BankState;
  readonly #keeper: BankKeeper;
  readonly #addresses: AddressCodec;
  readonly #authority: string;

  /** `authority` is the Bech32 address of the governance account. */
  constructor(state: BankState, keeper: BankKeeper, addresses: AddressCodec, authority: string) {
    this.#state = state;
    this.#keeper = keeper;
    this.#addresses = addresses;
    this.#authority = authority;
  }

  routes(): MessageRoute[] {
    return [
      handle(msgSend, (ctx, message) => this.send(ctx, message)),
      handle(msgMultiSend, (ctx, message) => this.multiSend(ctx, message)),
      handle(msgUpdateParams, (ctx, message) => this.updateParams(ctx, message)),
      handle(msgSetSendEnabled, (ctx, message) => this.setSendEnabled(ctx, message)),
    ];
  }

  send(ctx: Context, message: bankTx.MsgSend): bankTx.MsgSendResponse {
    const amount = readCoins(message.amount);
    const from = this.#address(message.fromAddress, 'invalid from address');
    const to = this.#address(message.toAddress, 'invalid to address');
    ensurePositiveCoins(amount);
    this.#keeper.requireSendEnabled(ctx, amount);
    this.#refuseBlocked(to, message.toAddress);
    this.#keeper.sendCoins(ctx, from, to, amount);
    return {};
  }

  multiSend(ctx: Context, message: bankTx.MsgMultiSend): bankTx.MsgMultiSendResponse {
    const inputs = message.inputs.map(({ address, coins }) => ({ address, coins: readCoins(coins) }));
    const outputs = message.outputs.map(({ address, coins }) => ({ address, coins: readCoins(coins) }));
    const [input] = inputs;
    if (input === undefined) return fail(bankErrors.noInputs);
    if (inputs.length > 1) fail(bankErrors.multipleSenders);
    if (outputs.length === 0) fail(bankErrors.noOutputs);

    const from = this.#address(input.address, 'invalid input address');
    ensurePositiveCoins(input.coins);
    let total: Coin[] = [];
    const recipients = outputs.map(({ address, coins }) => {
      const to = this.#address(address, 'invalid output address');
      ensurePositiveCoins(coins);
      total = addCoins(total, coins);
      return { to, coins };
    });
    if (!coinsEqual(input.coins, total)) fail(bankErrors.inputOutputMismatch);

    this.#keeper.requireSendEnabled(ctx, input.coins);
    recipients.forEach(({ to }, at) => {
      this.#refuseBlocked(to, outputs[at]?.address ?? '');
    });
    this.#keeper.sendToMany(ctx, from, input.coins, recipients);
    return {};
  }

  updateParams(ctx: Context, message: bankTx.MsgUpdateParams): bankTx.MsgUpdateParamsResponse {
    this.#requireAuthority(message.authority);
    const params = message.params ?? bank.Params.fromPartial({});
    if (params.sendEnabled.length > 0) {
      fail(sdkErrors.invalidRequest, 'use of send_enabled in params is no longer supported');
    }
    this.#state.params.set(ctx, params);
    return {};
  }

  setSendEnabled(ctx: Context, message: bankTx.MsgSetSendEnabled): bankTx.MsgSetSendEnabledResponse {
    this.#requireAuthority(message.authority);
    const seen = new Set<string>();
    for (const { denom } of message.sendEnabled) {
      if (seen.has(denom)) {
        fail(sdkErrors.invalidRequest, `duplicate denom entries found for ${JSON.stringify(denom)}`);
      }
      seen.add(denom);
      refuseDenom('SendEnabled', denom);
    }
    for (const denom of message.useDefaultFor) refuseDenom('UseDefaultFor', denom);
    for (const { denom, enabled } of message.sendEnabled) this.#state.sendEnabled.set(ctx, denom, enabled);
    for (const denom of message.useDefaultFor) this.#state.sendEnabled.remove(ctx, denom);
    return {};
  }

  #address(text: string, problem: string): Uint8Array {
    try {
      return this.#addresses.account(text);
    } catch (error) {
      return fail(sdkErrors.invalidAddress, `${problem}: ${error instanceof Error ? error.message : error}`);
    }
  }

  #refuseBlocked(to: Uint8Array, text: string): void {
    if (this.#keeper.isBlocked(to)) fail(sdkErrors.unauthorized, `${text} is not allowed to receive funds`);
  }

  #requireAuthority(authority: string): void {
    if (authority !== this.#authority) {
      fail(authorityErrors.invalidSigner, `invalid authority; expected ${this.#authority}, got ${authority}`);
    }
  }
}

function refuseDenom(field: string, denom: string): void {
  if (!isDenom(denom)) {
    fail(sdkErrors.invalidRequest, `invalid ${field} denom ${JSON.stringify(denom)}: invalid denom: ${denom}`);
  }
}
