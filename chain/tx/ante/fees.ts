import { CodedError, ensure, fail, sdkErrors } from '../../errors.ts';
import { type FeeCoin, feeCollector } from '../accounts.ts';
import { type Amount, areValidCoins, coinsText, coversAny, type GasPrice, requiredFees } from '../coins.ts';
import type { Fee } from '../tx.ts';
import { equalBytes } from '../wire.ts';
import { addressOf } from './basics.ts';
import type { AnteDeps, AnteRun, AnteStep } from './types.ts';

/** SDK `DeductFeeDecorator`: the fee is paid before anything is done, and is not given back when a message fails. */
export const deductFee: AnteStep = (deps, run) => {
  const { ctx, fee, mode } = run;
  if (mode !== 'simulate' && mode !== 'genesis' && fee.gasLimit === 0n) {
    fail(sdkErrors.invalidGasLimit, 'must provide positive gas');
  }
  if (mode !== 'simulate' && mode !== 'genesis') {
    requirePrices(fee.coins, deps.chainGasPrices(ctx), fee.gasLimit);
    if (mode !== 'finalize') requirePrices(fee.coins, deps.nodeGasPrices, fee.gasLimit);
  }
  const payer = fee.granter === '' ? payerOf(deps, run) : granterOf(deps, run);
  if (deps.accounts.get(ctx, payer) === undefined) {
    fail(sdkErrors.unknownAddress, `fee payer address: ${deps.addresses.accountText(payer)} does not exist`);
  }
  if (fee.coins.some((coin) => coin.amount !== 0n)) collect(deps, run, payer);
  ctx.log.emit({
    type: 'tx',
    attributes: [
      { key: 'fee', value: coinsText(fee.coins) },
      { key: 'fee_payer', value: deps.addresses.accountText(payer) },
    ],
  });
};

function collect(deps: AnteDeps, { ctx, fee }: AnteRun, payer: Uint8Array): void {
  if (!areValidCoins(fee.coins)) fail(sdkErrors.insufficientFee, `invalid fee amount: ${coinsText(fee.coins)}`);
  try {
    deps.bank.sendToModule(ctx, payer, feeCollector, feeCoins(fee));
  } catch (error) {
    if (!(error instanceof CodedError) || isOutOfGas(error)) throw error;
    fail(sdkErrors.insufficientFunds, error.message);
  }
}

function requirePrices(coins: readonly Amount[], prices: readonly GasPrice[], gas: bigint): void {
  const required = requiredFees(prices, gas);
  if (required.length === 0 || coversAny(coins, required)) return;
  fail(sdkErrors.insufficientFee, `insufficient fees; got: ${coinsText(coins)} required: ${coinsText(required)}`);
}

function payerOf(deps: AnteDeps, { fee, signers }: AnteRun): Uint8Array {
  if (fee.payer !== '') return addressOf(deps, fee.payer, 'fee payer');
  const [first] = signers;
  ensure(first !== undefined, sdkErrors.unauthorized, 'a tx without signers has nobody to pay its fee');
  return first;
}

/** The granter pays if it lets the fee payer spend that much on these messages. */
function granterOf(deps: AnteDeps, run: AnteRun): Uint8Array {
  const { ctx, fee, tx } = run;
  const granter = addressOf(deps, fee.granter, 'fee granter');
  if (deps.feeGrants === undefined) fail(sdkErrors.invalidRequest, 'fee grants are not enabled');
  const grantee = payerOf(deps, run);
  if (equalBytes(granter, grantee)) return granter;
  try {
    deps.feeGrants.use(ctx, granter, grantee, feeCoins(fee), tx.messages);
  } catch (error) {
    if (!(error instanceof CodedError) || isOutOfGas(error)) throw error;
    const [from, to] = [granter, grantee].map(deps.addresses.accountText);
    throw new CodedError({ ...error, text: error.message }, `${from} does not allow to pay fees for ${to}`);
  }
  return granter;
}

function feeCoins(fee: Fee): FeeCoin[] {
  return fee.coins.map(({ denom, amount }) => ({ denom, amount: amount.toString() }));
}

/** Running out of gas is not the sender's lack of funds; in the SDK it is a panic that passes through. */
function isOutOfGas(error: CodedError): boolean {
  return error.codespace === sdkErrors.outOfGas.codespace && error.code === sdkErrors.outOfGas.code;
}
