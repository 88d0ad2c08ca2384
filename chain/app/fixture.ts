import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import secp256k1 from 'secp256k1/bindings.js';
import { createAddressCodec } from '../../sdk/address.ts';
import { type abci, any, bankTx, secp256k1Keys, tx as txTypes } from '../../sdk/codec/index.ts';
import { Table } from '../collections/collections.ts';
import { bytesKey } from '../collections/keys.ts';
import { intValue, type ValueCodec } from '../collections/values.ts';
import type { Context } from '../context.ts';
import { fail, sdkErrors } from '../errors.ts';
import { silentLogger } from '../logger.ts';
import { handle, query } from '../message.ts';
import type { ExtendedVote, Module, ValidatorUpdate } from '../module.ts';
import { CommitMultiStore } from '../store/multistore.ts';
import type { Accounts, FeeBank, TxAccount } from '../tx/accounts.ts';
import { secp256k1Address, secp256k1Url } from '../tx/keys.ts';
import { App, storeNames } from './app.ts';
import { extensionSignBytes } from './extendedCommit.ts';
import { type ExtensionSource, emptyExtensions } from './extensionSource.ts';
import { consensusAddress } from './validators.ts';

/** A small chain for tests: real app, real store in memory, toy accounts, toy bank and one toy message. */

export const chainId = 'toy-1';
export const addresses = createAddressCodec('infinet');
export const sendUrl = '/cosmos.bank.v1beta1.MsgSend';

export interface Key {
  readonly privateKey: Uint8Array;
  readonly point: Uint8Array;
  readonly address: Uint8Array;
  readonly text: string;
}

/** An account key, the same for the same name. */
export function keyOf(name: string): Key {
  const privateKey = createHash('sha256').update(name).digest();
  const point = Uint8Array.from(secp256k1.publicKeyCreate(privateKey, true));
  const address = secp256k1Address(point);
  return { privateKey, point, address, text: addresses.accountText(address) };
}

export const alice = keyOf('alice');
export const bob = keyOf('bob');
/** In no genesis. */
export const stranger = keyOf('stranger');

const accountValue: ValueCodec<TxAccount> = {
  write: ({ accountNumber, sequence, pubKey }) =>
    Buffer.from(
      JSON.stringify([
        accountNumber.toString(),
        sequence.toString(),
        pubKey?.typeUrl,
        pubKey && Buffer.from(pubKey.value).toString('hex'),
      ]),
    ),
  read: (bytes) => {
    const parsed: readonly [string, string, string?, string?] = JSON.parse(Buffer.from(bytes).toString());
    const [accountNumber, sequence, typeUrl, value] = parsed;
    return {
      accountNumber: BigInt(accountNumber),
      sequence: BigInt(sequence),
      pubKey: typeUrl ? { typeUrl, value: Uint8Array.from(Buffer.from(value ?? '', 'hex')) } : undefined,
    };
  },
};

const accountTable = new Table('acc', '\x01', bytesKey, accountValue);
const balances = new Table('toy', '\x01', bytesKey, intValue);
const received = new Table('toy', '\x02', bytesKey, intValue);

export const toyAccounts: Accounts = {
  params: () => ({
    maxMemoCharacters: 256n,
    txSigLimit: 7n,
    txSizeCostPerByte: 10n,
    sigVerifyCostEd25519: 590n,
    sigVerifyCostSecp256k1: 1000n,
  }),
  get: (ctx, address) => accountTable.get(ctx, address),
  setPubKey: (ctx, address, pubKey) => accountTable.set(ctx, address, { ...existing(ctx, address), pubKey }),
  incrementSequence: (ctx, address) => {
    const account = existing(ctx, address);
    accountTable.set(ctx, address, { ...account, sequence: account.sequence + 1n });
  },
};

function existing(ctx: Context, address: Uint8Array): TxAccount {
  const account = accountTable.get(ctx, address);
  if (account === undefined) throw new Error('no such account');
  return account;
}

export const toyBank: FeeBank = {
  sendToModule: (ctx, from, moduleName, coins) => {
    for (const { amount } of coins) {
      const left = (balances.get(ctx, from) ?? 0n) - BigInt(amount);
      if (left < 0n) fail(sdkErrors.insufficientFunds, `${amount} is too much`);
      balances.set(ctx, from, left);
      ctx.log.emit({ type: 'toy_fee', attributes: [{ key: 'to', value: moduleName }] });
    }
  },
};

/** What the hooks of one toy module were given, newest last. */
export interface ToyLog {
  readonly votes: (readonly ExtendedVote[])[];
  updates: readonly ValidatorUpdate[];
  broken: string | undefined;
}

/** The first coin's denom says what a send does after it has written and emitted: nothing, `fail`, `panic` or `burngas`. */
export function toyModule(log: ToyLog): Module {
  const send = {
    typeUrl: sendUrl,
    request: bankTx.MsgSend,
    response: bankTx.MsgSendResponse,
    signers: (message: bankTx.MsgSend) => [message.fromAddress],
  };
  return {
    name: 'toy',
    stores: ['acc', 'toy'],
    messages: [
      handle(send, (ctx, message) => {
        const [coin] = message.amount;
        const to = addresses.account(message.toAddress);
        received.set(ctx, to, (received.get(ctx, to) ?? 0n) + BigInt(coin?.amount ?? '0'));
        ctx.log.emit({ type: 'toy_send', attributes: [{ key: 'amount', value: coin?.amount ?? '' }] });
        if (coin?.denom === 'fail') fail(sdkErrors.insufficientFunds, 'as asked');
        if (coin?.denom === 'panic') throw new TypeError('as asked');
        if (coin?.denom === 'burngas') ctx.gas.consume(10_000_000n, 'toy');
        return {};
      }),
    ],
    queries: [
      query('/toy.Query/Received', any.Any, any.Any, (ctx, request) => {
        const value = received.get(ctx, request.value);
        if (value === undefined) fail(sdkErrors.keyNotFound, 'nothing received');
        return { typeUrl: value.toString(), value: new Uint8Array() };
      }),
    ],
    initGenesis: (ctx) => {
      for (const [index, key] of [alice, bob].entries()) {
        accountTable.set(ctx, key.address, { accountNumber: BigInt(index + 7), sequence: 0n });
        balances.set(ctx, key.address, 1_000_000n);
      }
      return [];
    },
    beginBlock: (ctx) => ctx.log.emit({ type: 'toy_begin', attributes: [] }),
    endBlock: (ctx) => {
      ctx.log.emit({ type: 'toy_end', attributes: [{ key: 'k', value: 'v' }] });
      const { updates } = log;
      log.updates = [];
      return updates;
    },
    voteExtensions: (_ctx, votes) => void log.votes.push(votes),
    invariants: [{ name: 'toy', check: () => log.broken }],
  };
}

export interface ToyChain {
  readonly app: App;
  readonly store: CommitMultiStore;
  readonly log: ToyLog;
}

export interface ToyOptions {
  readonly minimumGasPrices?: string;
  readonly extensions?: ExtensionSource;
  readonly modules?: readonly Module[];
  readonly invariantPeriod?: bigint;
}

export function toyChain(options: ToyOptions = {}): ToyChain {
  const log: ToyLog = { votes: [], updates: [], broken: undefined };
  const modules = [toyModule(log), ...(options.modules ?? [])];
  const store = CommitMultiStore.open(undefined, {
    meta: { chainId, bech32Prefix: 'infinet' },
    stores: storeNames(modules),
  });
  const app = new App({
    chainId,
    addresses,
    modules,
    store,
    accounts: toyAccounts,
    bank: toyBank,
    extensions: options.extensions ?? emptyExtensions,
    logger: silentLogger,
    node: {
      version: 'test',
      minimumGasPrices: options.minimumGasPrices ?? '',
      minRetainBlocks: 0n,
      extensionTimeoutMs: 50,
      invariantPeriod: options.invariantPeriod ?? 0n,
    },
  });
  return { app, store, log };
}

/** What a test puts into a tx; everything has a good default. */
export interface TxSpec {
  readonly signer?: Key;
  readonly sequence?: bigint;
  readonly accountNumber?: bigint;
  readonly chainId?: string;
  readonly denom?: string;
  readonly amount?: string;
  readonly to?: string;
  readonly memo?: string;
  readonly timeoutHeight?: bigint;
  readonly gasLimit?: bigint;
  readonly fee?: readonly { readonly denom: string; readonly amount: string }[];
  readonly payer?: string;
  readonly granter?: string;
  readonly messages?: readonly any.Any[];
  readonly publicKey?: any.Any | null;
  readonly mode?: number;
  /** Changes the signature after signing. */
  readonly tamper?: (signature: Uint8Array) => Uint8Array;
}

export function sendMessage(spec: TxSpec = {}): any.Any {
  const message = bankTx.MsgSend.fromPartial({
    fromAddress: (spec.signer ?? alice).text,
    toAddress: spec.to ?? bob.text,
    amount: [{ denom: spec.denom ?? 'uinf', amount: spec.amount ?? '5' }],
  });
  return { typeUrl: sendUrl, value: bankTx.MsgSend.encode(message).finish() };
}

export function publicKeyOf(key: Key): any.Any {
  return { typeUrl: secp256k1Url, value: secp256k1Keys.PubKey.encode({ key: key.point }).finish() };
}

export function makeTx(spec: TxSpec = {}): Uint8Array {
  const signer = spec.signer ?? alice;
  const bodyBytes = txTypes.TxBody.encode(
    txTypes.TxBody.fromPartial({
      messages: [...(spec.messages ?? [sendMessage(spec)])],
      memo: spec.memo ?? '',
      timeoutHeight: spec.timeoutHeight ?? 0n,
    }),
  ).finish();
  const authInfoBytes = txTypes.AuthInfo.encode(
    txTypes.AuthInfo.fromPartial({
      signerInfos: [
        {
          publicKey: spec.publicKey === null ? undefined : (spec.publicKey ?? publicKeyOf(signer)),
          modeInfo: { single: { mode: spec.mode ?? 1 } },
          sequence: spec.sequence ?? 0n,
        },
      ],
      fee: {
        amount: [...(spec.fee ?? [{ denom: 'uinf', amount: '100' }])],
        gasLimit: spec.gasLimit ?? 200_000n,
        payer: spec.payer ?? '',
        granter: spec.granter ?? '',
      },
    }),
  ).finish();
  const signBytes = txTypes.SignDoc.encode({
    bodyBytes,
    authInfoBytes,
    chainId: spec.chainId ?? chainId,
    accountNumber: spec.accountNumber ?? 7n,
  }).finish();
  const digest = createHash('sha256').update(signBytes).digest();
  const signature = Uint8Array.from(secp256k1.ecdsaSign(digest, signer.privateKey).signature);
  return txTypes.TxRaw.encode({
    bodyBytes,
    authInfoBytes,
    signatures: [spec.tamper === undefined ? signature : spec.tamper(signature)],
  }).finish();
}

/** A validator whose extensions can be signed. */
export interface Signer {
  readonly publicKey: Uint8Array;
  readonly address: Uint8Array;
  readonly power: bigint;
  readonly privateKey: KeyObject;
}

export function validatorOf(name: string, power: bigint): Signer {
  const seed = createHash('sha256').update(name).digest();
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const jwk = privateKey.export({ format: 'jwk' });
  const publicKey = Uint8Array.from(Buffer.from(jwk.x ?? '', 'base64url'));
  return { publicKey, address: consensusAddress(publicKey), power, privateKey };
}

/** In CometBFT's order: by power, descending. */
export const validators = [
  validatorOf('v0', 40n),
  validatorOf('v1', 30n),
  validatorOf('v2', 20n),
  validatorOf('v3', 10n),
];

const time = (height: bigint) => ({ seconds: 1_700_000_000n + height, nanos: 5 });

/** Vote extensions on from `enableHeight`; 0 leaves them off. */
export function initChain({ app }: ToyChain, enableHeight = 0n, appState: object = {}, maxGas = -1n): void {
  app.initChain({
    time: time(0n),
    chainId,
    consensusParams: {
      block: { maxBytes: 4_000_000n, maxGas },
      evidence: undefined,
      validator: undefined,
      version: undefined,
      abci: { voteExtensionsEnableHeight: enableHeight },
    },
    validators: validators.map(({ publicKey, power }) => ({ pubKey: { ed25519: publicKey }, power })),
    appStateBytes: Buffer.from(JSON.stringify({ infinet: { bech32_prefix: 'infinet' }, ...appState })),
    initialHeight: 1n,
  });
}

export function blockOf(height: bigint, txs: readonly Uint8Array[]): abci.RequestFinalizeBlock {
  return {
    txs: [...txs],
    decidedLastCommit: { round: 0, votes: [] },
    misbehavior: [],
    hash: new Uint8Array(32),
    height,
    time: time(height),
    nextValidatorsHash: new Uint8Array(32),
    proposerAddress: validators[0]?.address ?? new Uint8Array(),
  };
}

/** Executes and commits the next block. */
export function nextBlock({ app, store }: ToyChain, txs: readonly Uint8Array[] = []): abci.ResponseFinalizeBlock {
  const response = app.finalizeBlock(blockOf(store.version + 1n, txs));
  app.commit();
  return response;
}

export function check({ app }: ToyChain, tx: Uint8Array, type = 0): abci.ResponseCheckTx {
  return app.checkTx({ tx, type });
}

/** The commit of `height`, signed by everyone but those whose flag is not 2 (commit). */
export function extendedCommit(
  height: bigint,
  flags: readonly number[] = [],
  extension = new Uint8Array(),
  signers: readonly Signer[] = validators,
): abci.ExtendedCommitInfo {
  return {
    round: 1,
    votes: signers.map(({ address, power, privateKey }, index) => {
      const flag = flags[index] ?? 2;
      const signed = flag === 2;
      const bytes = extensionSignBytes({ chainId, height }, 1, extension);
      return {
        validator: { address, power },
        voteExtension: signed ? extension : new Uint8Array(),
        extensionSignature: signed ? Uint8Array.from(sign(null, bytes, privateKey)) : new Uint8Array(),
        blockIdFlag: flag,
      };
    }),
  };
}

/** The same commit as a block's header chain carries it. */
export function plainCommit(extended: abci.ExtendedCommitInfo): abci.CommitInfo {
  return {
    round: extended.round,
    votes: extended.votes.map(({ validator, blockIdFlag }) => ({ validator, blockIdFlag })),
  };
}
