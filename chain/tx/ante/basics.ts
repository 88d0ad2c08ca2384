import { WrongPrefixError } from '../../../sdk/address.ts';
import { toByteString } from '../../../sdk/codec/byteString.ts';
import { CodedError, ensure, fail, failUnregistered, sdkErrors } from '../../errors.ts';
import { coinsText } from '../coins.ts';
import { aminoKey, readPublicKey } from '../keys.ts';
import { isComplete, signatureDataOf } from '../signatureData.ts';
import { type AnteDeps, type AnteRun, type AnteStep, simulatedKey } from './types.ts';

/** Above this the SDK takes gas for a mistake: 2^63 - 1. */
const maxGasWanted = (1n << 63n) - 1n;

/** Gas may not exceed what a block holds (SDK `SetUpContextDecorator`). */
export const checkGasLimit: AnteStep = (deps, { ctx, fee }) => {
  const limit = deps.maxBlockGas(ctx);
  if (limit === undefined || fee.gasLimit <= limit) return;
  fail(sdkErrors.invalidGasLimit, `tx gas limit ${fee.gasLimit} exceeds block max gas ${limit}`);
};

/** SDK `CircuitBreakerDecorator`. */
export const checkCircuit: AnteStep = (deps, { ctx, tx }) => {
  for (const { typeUrl } of tx.messages) {
    if (deps.isAllowed?.(ctx, typeUrl) === false) failUnregistered('tx type not allowed');
  }
};

/** What can be said of a tx without any state (SDK `ValidateBasicDecorator`). */
export const validateBasic: AnteStep = (deps, run) => {
  const { tx, fee, mode } = run;
  if (mode === 'recheck') return;
  const { gasLimit, coins, payer } = fee;
  if (gasLimit > maxGasWanted) {
    fail(sdkErrors.invalidRequest, `invalid gas supplied; ${gasLimit} > ${maxGasWanted}`);
  }
  if (coins.some((coin) => coin.amount < 0n)) {
    fail(sdkErrors.insufficientFee, `invalid fee provided: ${coinsText(coins)}`);
  }
  if (payer !== '') addressOf(deps, payer, 'fee payer');
  ensure(tx.signatures.length > 0, sdkErrors.noSignatures);
  if (tx.signatures.length !== run.signers.length) {
    fail(
      sdkErrors.unauthorized,
      `wrong number of signers; expected ${run.signers.length}, got ${tx.signatures.length}`,
    );
  }
};

/** SDK `TxTimeoutHeightDecorator`. */
export const checkTimeout: AnteStep = (_deps, { ctx, tx }) => {
  if (tx.timeoutHeight === 0n || ctx.block.height <= tx.timeoutHeight) return;
  fail(sdkErrors.txTimeoutHeight, `block height: ${ctx.block.height}, timeout height: ${tx.timeoutHeight}`);
};

/** SDK `ValidateMemoDecorator`: counts bytes, whatever its text says. */
export const checkMemo: AnteStep = (deps, { ctx, tx }) => {
  if (tx.memo === '') return;
  const { maxMemoCharacters } = deps.accounts.params(ctx);
  const length = Buffer.byteLength(tx.memo, 'utf8');
  if (BigInt(length) <= maxMemoCharacters) return;
  fail(
    sdkErrors.memoTooLarge,
    `maximum number of characters is ${maxMemoCharacters} but received ${length} characters`,
  );
};

/** SDK `ConsumeTxSizeGasDecorator`: per byte; a simulated tx pays for the signatures that it will have. */
export const chargeSize: AnteStep = (deps, { ctx, tx, mode, signers }) => {
  const { txSizeCostPerByte, txSigLimit } = deps.accounts.params(ctx);
  ctx.gas.consume(txSizeCostPerByte * BigInt(tx.bytes.length), 'txSize');
  if (mode !== 'simulate') return;
  const signatures = signatureDataOf(tx);
  for (const [index, address] of signers.entries()) {
    if (isComplete(signatures[index] ?? { kind: 'none' })) continue;
    const key = readPublicKey(deps.accounts.get(ctx, address)?.pubKey ?? simulatedKey);
    // Of a multisignature as many as a tx may have at most.
    const count = key.kind === 'multisig' ? txSigLimit : 1n;
    ctx.gas.consume(txSizeCostPerByte * count * signatureBytes(aminoKey(key).length), 'txSize');
  }
};

/** A signature of 64 bytes and its key in amino, both with tag and length, and 6 for tags and lengths of the tx. */
function signatureBytes(keyLength: number): bigint {
  return BigInt((keyLength < 0x80 ? 2 : 3) + keyLength + 2 + 64 + 6);
}

/** Bytes of an account address, or `sdk` 7 saying whose it is. */
export function addressOf(deps: Pick<AnteDeps, 'addresses'>, text: string, whose: string): Uint8Array {
  try {
    return deps.addresses.account(text);
  } catch (error) {
    if (error instanceof CodedError) throw error;
    fail(sdkErrors.invalidAddress, `Invalid ${whose} address (${error instanceof Error ? error.message : text})`);
  }
}

/** Who must sign: the signers of the messages in order, each once, then the fee payer. Throws `undefined` 1. */
export function requiredSigners(deps: Pick<AnteDeps, 'addresses'>, run: Pick<AnteRun, 'tx' | 'fee'>): Uint8Array[] {
  const signers = new Map<string, Uint8Array>();
  const add = (text: string) => {
    const address = orUnregistered(() => deps.addresses.account(text));
    const key = toByteString(address);
    if (!signers.has(key)) signers.set(key, address);
  };
  for (const message of run.tx.messages) for (const text of message.signers) add(text);
  if (run.fee.payer !== '') add(run.fee.payer);
  return [...signers.values()];
}

function orUnregistered<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return error instanceof WrongPrefixError ? fail({ ...sdkErrors.logic, text }) : failUnregistered(text);
  }
}
