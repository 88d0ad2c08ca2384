import type { Context } from '../../context.ts';
import type { Tx } from '../tx.ts';
import {
  chargeSize,
  checkCircuit,
  checkGasLimit,
  checkMemo,
  checkTimeout,
  requiredSigners,
  validateBasic,
} from './basics.ts';
import { deductFee } from './fees.ts';
import {
  chargeSignatures,
  checkSignatureCount,
  incrementSequences,
  setPubKeys,
  signaturesOf,
  verifySignatures,
} from './signatures.ts';
import type { AnteDeps, AnteRun, AnteStep, TxMode, TxSignature } from './types.ts';

/** In the order of the SDK's `NewAnteHandler` (x/auth/ante/ante.go, v0.50); gas and error codes depend on it. */
const steps: readonly AnteStep[] = [
  checkGasLimit,
  checkCircuit,
  validateBasic,
  checkTimeout,
  checkMemo,
  chargeSize,
  deductFee,
  setPubKeys,
  checkSignatureCount,
  chargeSignatures,
  verifySignatures,
  incrementSequences,
];

/**
 * Checks everything about a tx but its messages and takes its fee. Throws a `CodedError` when the tx is refused; any
 * other error is what a Go panic is to the SDK (code 111222), as a tx without a fee.
 */
export function runAnte(deps: AnteDeps, ctx: Context, tx: Tx, mode: TxMode): void {
  if (tx.fee === undefined) throw new Error('the auth info has no fee');
  const fee = tx.fee;
  let signers: Uint8Array[] | undefined;
  let signatures: TxSignature[] | undefined;
  const run: AnteRun = {
    ctx,
    tx,
    fee,
    mode,
    // Worked out when a step asks for them: what is wrong with them comes after what was wrong before.
    get signers() {
      signers ??= requiredSigners(deps, { tx, fee });
      return signers;
    },
    get signatures() {
      signatures ??= signaturesOf(run);
      return signatures;
    },
  };
  for (const step of steps) step(deps, run);
}
