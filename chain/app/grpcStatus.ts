import { CodedError, sdkErrors } from '../errors.ts';

/** How a failed query is answered. */
export interface QueryFailure {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
}

/** Numbers of gRPC status codes by their names in Go, which the Cosmos SDK puts into texts. */
export const grpcCodes = {
  OK: 0,
  Canceled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Aborted: 10,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
  Unauthenticated: 16,
} as const;

export type GrpcCodeName = keyof typeof grpcCodes;

/** What a gRPC method answers instead of a response; REST makes an HTTP status of it. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  /** gRPC status code, 1 to 16. */
  readonly code: number;

  constructor(code: GrpcCodeName, message: string) {
    super(message);
    this.code = grpcCodes[code];
  }
}

/** gRPC status names of SDK error codes (baseapp `gRPCErrorToSDKError`, read backwards). */
const statusNames: ReadonlyMap<number, GrpcCodeName> = new Map([
  [sdkErrors.keyNotFound.code, 'NotFound'],
  [sdkErrors.invalidRequest.code, 'InvalidArgument'],
  [sdkErrors.unauthorized.code, 'Unauthenticated'],
]);

/** As an ABCI query outside gRPC reports it. */
export function plainFailure(error: CodedError): QueryFailure {
  return { code: error.code, codespace: error.codespace, log: error.message };
}

/**
 * As a gRPC method called through `abci_query` reports it. Clients look for `rpc error: code = NotFound`: CosmJS takes it
 * for "no such account". Kinds that have no status of their own become unknown requests, as in the SDK.
 */
export function grpcFailure(error: CodedError): QueryFailure {
  if (isUnknownRequest(error) || isHeightError(error)) return plainFailure(error);
  const status = statusNameOf(error);
  // A refusal without a status: of another kind if it passes on a registered error, as of an address of another chain.
  if (status === 'InvalidArgument' && !error.message.startsWith('rpc error:')) {
    return error.detail.endsWith(sdkErrors.logic.text) ? unknownRequest(error.detail) : plainFailure(error);
  }
  if (status !== undefined) {
    const log = error.message.startsWith('rpc error:')
      ? error.message
      : `rpc error: code = ${status} desc = ${error.message}`;
    return { ...plainFailure(error), log };
  }
  return unknownRequest(error.message);
}

function unknownRequest(description: string): QueryFailure {
  const { code, codespace, text } = sdkErrors.unknownRequest;
  return { code, codespace, log: `${description}: ${text}` };
}

/** The same failure for a client that called the method over gRPC: the status alone, without what ABCI wraps around it. */
export function toGrpcError(error: CodedError): GrpcError {
  const described = error.detail === '' ? error.message : error.detail;
  const [, written = '', description = ''] = /^rpc error: code = (\w+) desc = ([\s\S]*)$/.exec(described) ?? [];
  if (isCodeName(written)) return new GrpcError(written, description);
  const status = statusNameOf(error);
  if (status === undefined) return unknownGrpcError(error);
  if (described.endsWith(`: ${sdkErrors.logic.text}`)) {
    // Passed on from the address codec, a registered error.
    return unknownGrpcError(new CodedError(sdkErrors.logic, described.slice(0, -sdkErrors.logic.text.length - 2)));
  }
  // A refusal that was written without a status is a plain error in Go, which is of an unknown one.
  return new GrpcError(status === 'InvalidArgument' ? 'Unknown' : status, described);
}

/** An SDK error that no method made a status of, as gRPC shows it (cosmossdk.io/errors `GRPCStatus`). */
export function unknownGrpcError({ codespace, code, text, detail }: CodedError): GrpcError {
  return new GrpcError('Unknown', `codespace ${codespace} code ${code}: ${text}${detail === '' ? '' : `: ${detail}`}`);
}

function statusNameOf(error: CodedError): GrpcCodeName | undefined {
  return error.codespace === 'sdk' ? statusNames.get(error.code) : undefined;
}

function isCodeName(text: string): text is GrpcCodeName {
  return Object.hasOwn(grpcCodes, text);
}

/** Heights that are not there are refused before any method is called, so without a gRPC status. */
function isHeightError(error: CodedError): boolean {
  return error.codespace === 'sdk' && error.code === sdkErrors.invalidHeight.code;
}

/** Already in the words of a gRPC failure without a better status. */
function isUnknownRequest(error: CodedError): boolean {
  return error.codespace === 'sdk' && error.code === sdkErrors.unknownRequest.code;
}
