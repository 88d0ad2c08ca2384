/**
 * Coded errors as the Cosmos SDK has them: a codespace, a number that is only ever appended, and a text.
 * Clients see `code`, `codespace` and the message `<detail>: <text>`.
 */

/** One registered kind of failure. Numbers of a codespace are never reused; 1 is reserved for internal errors. */
export interface ErrorKind {
  readonly codespace: string;
  readonly code: number;
  readonly text: string;
}

/** A failure that a client is told about; anything else thrown by a handler is a bug. */
export class CodedError extends Error {
  readonly codespace: string;
  readonly code: number;
  /** Of the kind; `message` ends in it. */
  readonly text: string;
  /** What `message` begins with; empty if it is the text alone. */
  readonly detail: string;

  constructor(kind: ErrorKind, detail?: string) {
    super(detail === undefined ? kind.text : `${detail}: ${kind.text}`);
    this.name = 'CodedError';
    this.codespace = kind.codespace;
    this.code = kind.code;
    this.text = kind.text;
    this.detail = detail ?? '';
  }
}

/**
 * This node cannot go on (a disk that fails, a broken invariant): never turned into a tx result, since other nodes may
 * not see it. The process stops.
 */
export class FatalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FatalError';
  }
}

/** The chain itself has decided that this software goes no further, as an upgrade does: no defect, and to be mended by an operator. */
export class HaltError extends FatalError {
  constructor(message: string) {
    super(message);
    this.name = 'HaltError';
  }
}

/** Whether an error may differ between nodes: then it must stop this one, not become part of the block. */
export function isFatal(error: unknown): boolean {
  return error instanceof FatalError || (error instanceof RangeError && /call stack/i.test(error.message));
}

/** Declares the errors of a codespace: `registerErrors('bank', { sendDisabled: [5, 'send transactions are disabled'] })`. */
export function registerErrors<Names extends string>(
  codespace: string,
  table: Record<Names, readonly [code: number, text: string]>,
): Record<Names, ErrorKind> {
  const kinds: Partial<Record<Names, ErrorKind>> = {};
  const seen = new Set<number>();
  for (const name in table) {
    const [code, text] = table[name];
    if (seen.has(code)) throw new Error(`error code ${code} of codespace ${codespace} is registered twice`);
    seen.add(code);
    kinds[name] = { codespace, code, text };
  }
  return kinds as Record<Names, ErrorKind>;
}

/** The errors that the SDK registers for everyone, with its numbers and texts (cosmos-sdk v0.50 types/errors). */
export const sdkErrors = registerErrors('sdk', {
  txDecode: [2, 'tx parse error'],
  invalidSequence: [3, 'invalid sequence'],
  unauthorized: [4, 'unauthorized'],
  insufficientFunds: [5, 'insufficient funds'],
  unknownRequest: [6, 'unknown request'],
  invalidAddress: [7, 'invalid address'],
  invalidPubKey: [8, 'invalid pubkey'],
  unknownAddress: [9, 'unknown address'],
  invalidCoins: [10, 'invalid coins'],
  outOfGas: [11, 'out of gas'],
  memoTooLarge: [12, 'memo too large'],
  insufficientFee: [13, 'insufficient fee'],
  tooManySignatures: [14, 'maximum number of signatures exceeded'],
  noSignatures: [15, 'no signatures supplied'],
  jsonMarshal: [16, 'failed to marshal JSON bytes'],
  jsonUnmarshal: [17, 'failed to unmarshal JSON bytes'],
  invalidRequest: [18, 'invalid request'],
  txInMempoolCache: [19, 'tx already in mempool'],
  mempoolIsFull: [20, 'mempool is full'],
  txTooLarge: [21, 'tx too large'],
  keyNotFound: [22, 'key not found'],
  wrongPassword: [23, 'invalid account password'],
  invalidSigner: [24, 'tx intended signer does not match the given signer'],
  invalidGasAdjustment: [25, 'invalid gas adjustment'],
  invalidHeight: [26, 'invalid height'],
  invalidVersion: [27, 'invalid version'],
  invalidChainId: [28, 'invalid chain-id'],
  invalidType: [29, 'invalid type'],
  txTimeoutHeight: [30, 'tx timeout height'],
  unknownExtensionOptions: [31, 'unknown extension options'],
  wrongSequence: [32, 'incorrect account sequence'],
  packAny: [33, 'failed packing protobuf message to Any'],
  unpackAny: [34, 'failed unpacking protobuf message from Any'],
  logic: [35, 'internal logic error'],
  conflict: [36, 'conflict'],
  notSupported: [37, 'feature not supported'],
  notFound: [38, 'not found'],
  io: [39, 'Internal IO error'],
  appConfig: [40, 'error in app.toml'],
  invalidGasLimit: [41, 'invalid gas limit'],
  txTimeout: [42, 'tx timeout'],
});

/** What the SDK reports for a panic inside the ante handler or a message. */
export const panicError: ErrorKind = { codespace: 'undefined', code: 111222, text: 'panic' };

/** Throws `kind` with a detail that says what was wrong, where, and what to do. */
export function fail(kind: ErrorKind, detail?: string): never {
  throw new CodedError(kind, detail);
}

/** Throws `kind` unless `condition` holds. */
export function ensure(condition: boolean, kind: ErrorKind, detail?: string): asserts condition {
  if (!condition) throw new CodedError(kind, detail);
}

/** Throws an error of no registered kind, for which the SDK reports code 1 of codespace `undefined`. */
export function failUnregistered(text: string): never {
  throw new CodedError({ codespace: 'undefined', code: 1, text });
}
