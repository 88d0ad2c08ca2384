import { signing } from '../../../sdk/codec/index.ts';
import type { Context } from '../../context.ts';
import { fail, failUnregistered, sdkErrors } from '../../errors.ts';
import type { AnyValue, TxAccount, TxParams } from '../accounts.ts';
import { countKeys, type PublicKey, readPublicKey } from '../keys.ts';
import { flatSignatures, type SignatureData, setBits, signatureDataOf } from '../signatureData.ts';
import type { SignerData } from '../signModes.ts';
import type { SignerInfo } from '../tx.ts';
import { verifySignature } from '../verifySignature.ts';
import { equalBytes } from '../wire.ts';
import { type AnteDeps, type AnteRun, type AnteStep, simulatedKey, type TxSignature } from './types.ts';

/** SDK `SetPubKeyDecorator`: the first tx of an account brings its key; says who signed what in events. */
export const setPubKeys: AnteStep = (deps, run) => {
  const { ctx, tx, mode, signers } = run;
  // Keys come before signatures are looked at, as in the SDK: it costs gas.
  for (const [index, info] of tx.signerInfos.entries()) {
    const address = signers[index];
    if (address === undefined) throw new Error(`signer info ${index} has no signer`);
    const key = info.publicKey ?? (mode === 'simulate' ? simulatedKey : undefined);
    if (key === undefined) continue;
    if (mode !== 'simulate' && !equalBytes(key.address, address)) {
      const text = deps.addresses.accountText(address);
      fail(sdkErrors.invalidPubKey, `pubKey does not match signer address ${text} with signer index: ${index}`);
    }
    if (accountOf(deps, run, address).pubKey === undefined) deps.accounts.setPubKey(ctx, address, key);
  }
  for (const { info, address, data } of run.signatures) {
    const text = deps.addresses.accountText(address);
    ctx.log.emit({ type: 'tx', attributes: [{ key: 'acc_seq', value: `${text}/${info.sequence}` }] });
    for (const signature of flatSignatures(data)) {
      const value = Buffer.from(signature).toString('base64');
      ctx.log.emit({ type: 'tx', attributes: [{ key: 'signature', value }] });
    }
  }
};

/** SDK `ValidateSigCountDecorator`: members of multisignature keys are counted one by one, whether they sign or not. */
export const checkSignatureCount: AnteStep = (deps, { ctx, tx }) => {
  const { txSigLimit } = deps.accounts.params(ctx);
  let count = 0n;
  for (const { publicKey } of tx.signerInfos) {
    count += publicKey === undefined ? 0n : BigInt(countKeys(publicKey.key));
    if (count > txSigLimit) fail(sdkErrors.tooManySignatures, `signatures: ${count}, limit: ${txSigLimit}`);
  }
};

/** SDK `SigGasConsumeDecorator`: each kind of key has its price. */
export const chargeSignatures: AnteStep = (deps, run) => {
  const { ctx, mode } = run;
  const params = deps.accounts.params(ctx);
  for (const { info, address, data } of run.signatures) {
    const key = accountOf(deps, run, address).pubKey ?? (mode === 'simulate' ? simulatedKey : undefined);
    if (key === undefined) fail(sdkErrors.invalidPubKey, 'unrecognized public key type: <nil>');
    chargeSignature(ctx, readKey(key, info), data, params);
  }
};

/** Of a multisignature, the members that signed are charged. */
function chargeSignature(ctx: Context, key: PublicKey, data: SignatureData, params: TxParams): void {
  switch (key.kind) {
    case 'secp256k1':
      ctx.gas.consume(params.sigVerifyCostSecp256k1, 'ante verify: secp256k1');
      return;
    case 'ed25519':
      ctx.gas.consume(params.sigVerifyCostEd25519, 'ante verify: ed25519');
      fail(sdkErrors.invalidPubKey, 'ED25519 public keys are unsupported');
      break;
    case 'multisig': {
      if (data.kind !== 'multi') {
        failUnregistered('expected *signing.MultiSignatureData, got, *signing.SingleSignatureData');
      }
      for (const [position, index] of setBits(data.bits).entries()) {
        const member = key.keys[index];
        const signature = data.members[position];
        if (member === undefined || signature === undefined) throw new Error(`member ${index} has no key or signature`);
        chargeSignature(ctx, member, signature, params);
      }
    }
  }
}

/** SDK `SigVerificationDecorator`: the sequence always, the signature unless it is known to be good. */
export const verifySignatures: AnteStep = (deps, run) => {
  const { ctx, tx, mode, signers } = run;
  if (tx.signerInfos.length !== signers.length) {
    const counts = `expected: ${signers.length}, got ${tx.signerInfos.length}`;
    fail(sdkErrors.unauthorized, `invalid number of signer;  ${counts}`);
  }
  for (const [index, { info, address, data }] of run.signatures.entries()) {
    const account = accountOf(deps, run, address);
    if (mode !== 'simulate' && account.pubKey === undefined) {
      fail(sdkErrors.invalidPubKey, 'pubkey on account is not set');
    }
    if (info.sequence !== account.sequence) {
      fail(sdkErrors.wrongSequence, `account sequence mismatch, expected ${account.sequence}, got ${info.sequence}`);
    }
    if (mode === 'simulate' || mode === 'recheck' || account.pubKey === undefined) continue;
    // The SDK hands all keys on to the sign mode, and panics where one is missing.
    if (tx.signerInfos.some(({ publicKey }) => publicKey === undefined)) throw new Error('a signer info has no key');
    const signer: SignerData = {
      chainId: ctx.block.chainId,
      accountNumber: mode === 'genesis' ? 0n : account.accountNumber,
      sequence: account.sequence,
    };
    if (deps.signatures.has(tx, index, account.pubKey.value, signer)) continue;
    const problem = verifySignature(tx, signer, readKey(account.pubKey, info), data);
    if (problem !== undefined) fail(sdkErrors.unauthorized, refusal(signer, data, problem));
    deps.signatures.add(tx, index, account.pubKey.value, signer);
  }
};

/** Amino JSON holds the sequence too, so it may be what is wrong there. */
function refusal({ accountNumber, chainId, sequence }: SignerData, data: SignatureData, problem: string): string {
  const begin = `signature verification failed; please verify account number (${accountNumber})`;
  if (isAmino(data)) return `${begin}, sequence (${sequence}) and chain-id (${chainId})`;
  return `${begin} and chain-id (${chainId}): (${problem})`;
}

function isAmino(data: SignatureData): boolean {
  if (data.kind === 'multi') return data.members.every(isAmino);
  return data.kind === 'single' && data.mode === signing.SignMode.SIGN_MODE_LEGACY_AMINO_JSON;
}

/** SDK `IncrementSequenceDecorator`. */
export const incrementSequences: AnteStep = (deps, { ctx, signers }) => {
  for (const address of signers) deps.accounts.incrementSequence(ctx, address);
};

function accountOf(deps: AnteDeps, { ctx }: AnteRun, address: Uint8Array): TxAccount {
  const account = deps.accounts.get(ctx, address);
  if (account === undefined) {
    fail(sdkErrors.unknownAddress, `account ${deps.addresses.accountText(address)} does not exist`);
  }
  return account;
}

/** An account's key, which is nearly always the one that the tx names too. */
function readKey(key: AnyValue, { publicKey }: SignerInfo): PublicKey {
  const isNamed = publicKey?.typeUrl === key.typeUrl && equalBytes(publicKey.value, key.value);
  return isNamed ? publicKey.key : readPublicKey(key);
}

/** Pairs each signer info with its signer and signature. More infos than signers make the SDK panic, and this throw. */
export function signaturesOf({ tx, signers }: Omit<AnteRun, 'signatures'>): TxSignature[] {
  const signatures = signatureDataOf(tx);
  return tx.signerInfos.map((info, index) => {
    const [address, data] = [signers[index], signatures[index]];
    if (address === undefined || data === undefined) throw new Error(`signer info ${index} has no signer`);
    return { info, address, data };
  });
}
