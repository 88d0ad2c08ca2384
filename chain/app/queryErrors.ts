import { type CodedError, type ErrorKind, sdkErrors } from '../errors.ts';

/** How a failed query is answered. */
export interface QueryFailure {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
}

/** gRPC status names of SDK error codes (baseapp `gRPCErrorToSDKError`, read backwards). */
const statusNames: ReadonlyMap<number, string> = new Map([
  [sdkErrors.keyNotFound.code, 'NotFound'],
  [sdkErrors.notFound.code, 'NotFound'],
  [sdkErrors.invalidRequest.code, 'InvalidArgument'],
  [sdkErrors.invalidAddress.code, 'InvalidArgument'],
  [sdkErrors.unauthorized.code, 'Unauthenticated'],
]);

/** As an ABCI query outside gRPC reports it. */
export function plainFailure(error: CodedError): QueryFailure {
  return { code: error.code, codespace: error.codespace, log: error.message };
}

/**
 * As a gRPC query through ABCI reports it: clients look for `rpc error: code = NotFound` (CosmJS takes it for "no such
 * account"). Kinds without a status of their own are invalid requests, as in the SDK.
 */
export function grpcFailure(error: CodedError): QueryFailure {
  const status = error.codespace === 'sdk' ? statusNames.get(error.code) : undefined;
  const kind = status === 'NotFound' ? sdkErrors.keyNotFound : statusKind(error, status);
  const detail = error.message.startsWith('rpc error:')
    ? error.message
    : `rpc error: code = ${status ?? 'Unknown'} desc = ${withoutText(error)}: ${kind.text}`;
  return { code: kind.code, codespace: kind.codespace, log: detail };
}

function statusKind(error: CodedError, status: string | undefined): ErrorKind {
  return status === 'Unauthenticated' && error.code === sdkErrors.unauthorized.code
    ? sdkErrors.unauthorized
    : sdkErrors.invalidRequest;
}

/** The detail alone where the kind's own text follows again. */
function withoutText(error: CodedError): string {
  for (const { text } of [
    sdkErrors.keyNotFound,
    sdkErrors.notFound,
    sdkErrors.invalidRequest,
    sdkErrors.unauthorized,
  ]) {
    if (error.message.endsWith(`: ${text}`)) return error.message.slice(0, -text.length - 2);
  }
  return error.message;
}
