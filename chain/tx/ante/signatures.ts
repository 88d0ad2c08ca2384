import { hash } from 'node:crypto';
import secp256k1 from 'secp256k1/bindings.js';
import { fail, sdkErrors } from '../../errors.ts';
import type { AnyValue, TxAccount } from '../accounts.ts';
import { ed25519Url, multisigUrl, secp256k1Address, secp256k1Point, secp256k1Url } from '../keys.ts';
import { type SignerData, signModes } from '../signModes.ts';
import type { SignerInfo } from '../tx.ts';
import { equalBytes } from '../wire.ts';
import { type AnteDeps, type AnteRun, type AnteStep, simulatedKey } from './types.ts';

/** SDK `SetPubKeyDecorator`: the first tx of an account brings its key; says who signed what in events. */
export const setPubKeys: AnteStep = (deps, run) => {
  const { ctx, tx, mode } = run;
  for (const [index, { info, address }] of signersOf(run).entries()) {
    const key = info.publicKey ?? (mode === 'simulate' ? simulatedKey : undefined);
    if (key === undefined) continue;
    if (mode !== 'simulate' && key.typeUrl === secp256k1Url && !matches(key, address)) {
      const text = deps.addresses.accountText(address);
      fail(sdkErrors.invalidPubKey, `pubKey does not match signer address ${text} with signer index: ${index}`);
    }
    if (accountOf(deps, run, address).pubKey === undefined) deps.accounts.setPubKey(ctx, address, key);
  }
  for (const [index, { info, address }] of signersOf(run).entries()) {
    const text = deps.addresses.accountText(address);
    ctx.log.emit({ type: 'tx', attributes: [{ key: 'acc_seq', value: `${text}/${info.sequence}` }] });
    const signature = Buffer.from(tx.signatures[index] ?? []).toString('base64');
    ctx.log.emit({ type: 'tx', attributes: [{ key: 'signature', value: signature }] });
  }
};

/** SDK `ValidateSigCountDecorator`. */
export const checkSignatureCount: AnteStep = (deps, { ctx, tx }) => {
  const { txSigLimit } = deps.accounts.params(ctx);
  const count = BigInt(tx.signerInfos.length);
  if (count > txSigLimit) fail(sdkErrors.tooManySignatures, `signatures: ${count}, limit: ${txSigLimit}`);
};

/** SDK `SigGasConsumeDecorator`: each kind of key has its price. */
export const chargeSignatures: AnteStep = (deps, run) => {
  const { ctx, mode } = run;
  const params = deps.accounts.params(ctx);
  for (const { address } of signersOf(run)) {
    const key = accountOf(deps, run, address).pubKey ?? (mode === 'simulate' ? simulatedKey : undefined);
    switch (key?.typeUrl) {
      case secp256k1Url:
        ctx.gas.consume(params.sigVerifyCostSecp256k1, 'ante verify: secp256k1');
        break;
      case ed25519Url:
        ctx.gas.consume(params.sigVerifyCostEd25519, 'ante verify: ed25519');
        fail(sdkErrors.invalidPubKey, 'ED25519 public keys are unsupported');
        break;
      case multisigUrl:
        fail(sdkErrors.notSupported, 'multisignature accounts cannot sign yet');
        break;
      default:
        fail(sdkErrors.invalidPubKey, `unrecognized public key type: ${key?.typeUrl ?? '<nil>'}`);
    }
  }
};

/** SDK `SigVerificationDecorator`: the sequence always, the signature unless it is known to be good. */
export const verifySignatures: AnteStep = (deps, run) => {
  const { ctx, mode } = run;
  for (const [index, { info, address }] of signersOf(run).entries()) {
    const account = accountOf(deps, run, address);
    if (mode !== 'simulate' && account.pubKey === undefined) {
      fail(sdkErrors.invalidPubKey, 'pubkey on account is not set');
    }
    if (info.sequence !== account.sequence) {
      fail(sdkErrors.wrongSequence, `account sequence mismatch, expected ${account.sequence}, got ${info.sequence}`);
    }
    if (mode === 'simulate' || mode === 'recheck' || account.pubKey === undefined) continue;
    if (info.publicKey === undefined) throw new Error('a signer info has no public key');
    const signer: SignerData = {
      chainId: ctx.block.chainId,
      accountNumber: mode === 'genesis' ? 0n : account.accountNumber,
      sequence: account.sequence,
    };
    if (verify(deps, run, index, info, account.pubKey, signer)) continue;
    fail(
      sdkErrors.unauthorized,
      `signature verification failed; please verify account number (${signer.accountNumber}) and chain-id ` +
        `(${signer.chainId}): (unable to verify single signer signature)`,
    );
  }
};

/** SDK `IncrementSequenceDecorator`. */
export const incrementSequences: AnteStep = (deps, { ctx, signers }) => {
  for (const address of signers) deps.accounts.incrementSequence(ctx, address);
};

function verify(
  deps: AnteDeps,
  { tx }: AnteRun,
  index: number,
  info: SignerInfo,
  key: AnyValue,
  signer: SignerData,
): boolean {
  if (info.mode.kind === 'none') throw new Error('a signer info has no mode');
  if (info.mode.kind === 'multi') fail(sdkErrors.notSupported, 'multisignatures are not supported yet');
  const signBytes = signModes.get(info.mode.mode);
  if (signBytes === undefined) fail(sdkErrors.notSupported, `sign mode ${info.mode.mode} is not supported`);
  const point = secp256k1Point(key);
  if (deps.signatures.has(tx.bytes, index, point, signer)) return true;
  const good = isGood(tx.signatures[index] ?? new Uint8Array(), hash('sha256', signBytes(tx, signer), 'buffer'), point);
  if (good) deps.signatures.add(tx.bytes, index, point, signer);
  return good;
}

/** libsecp256k1 refuses high-S signatures by itself, and throws on sizes and points that are none. */
function isGood(signature: Uint8Array, digest: Uint8Array, point: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  try {
    return secp256k1.ecdsaVerify(signature, digest, point);
  } catch {
    return false;
  }
}

function matches(key: AnyValue, address: Uint8Array): boolean {
  return equalBytes(secp256k1Address(secp256k1Point(key)), address);
}

function accountOf(deps: AnteDeps, { ctx }: AnteRun, address: Uint8Array): TxAccount {
  const account = deps.accounts.get(ctx, address);
  if (account === undefined) {
    fail(sdkErrors.unknownAddress, `account ${deps.addresses.accountText(address)} does not exist`);
  }
  return account;
}

/** Pairs each required signer with its info. Fewer signatures than infos make the SDK panic, and this throw. */
function signersOf({ tx, signers, mode }: AnteRun): { info: SignerInfo; address: Uint8Array }[] {
  if (mode !== 'simulate' && tx.signatures.length < tx.signerInfos.length) {
    throw new Error(`${tx.signerInfos.length} signer infos have only ${tx.signatures.length} signatures`);
  }
  if (tx.signerInfos.length !== signers.length) {
    fail(
      sdkErrors.unauthorized,
      `invalid number of signer;  expected: ${signers.length}, got ${tx.signerInfos.length}`,
    );
  }
  return signers.map((address, index) => {
    const info = tx.signerInfos[index];
    if (info === undefined) throw new Error(`signer ${index} has no info`);
    return { info, address };
  });
}
