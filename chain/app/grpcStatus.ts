import { type CodedError, sdkErrors } from '../errors.ts';

/** How a failed query is answered. */
export interface QueryFailure {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
}

/** gRPC status names of SDK error codes (baseapp `gRPCErrorToSDKError`, read backwards). */
const statusNames: ReadonlyMap<number, string> = new Map([
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
 * for "no such account". Kinds that have no status of their own become invalid requests, as in the SDK.
 */
export function grpcFailure(error: CodedError): QueryFailure {
  const status = error.codespace === 'sdk' ? statusNames.get(error.code) : undefined;
  if (status !== undefined) {
    const log = error.message.startsWith('rpc error:')
      ? error.message
      : `rpc error: code = ${status} desc = ${error.message}`;
    return { ...plainFailure(error), log };
  }
  const { code, codespace, text } = sdkErrors.invalidRequest;
  if (isHeightError(error)) return plainFailure(error);
  return { code, codespace, log: `rpc error: code = Unknown desc = ${error.message}: ${text}` };
}

/** Heights that are not there are refused before any method is called, so without a gRPC status. */
function isHeightError(error: CodedError): boolean {
  return error.codespace === 'sdk' && error.code === sdkErrors.invalidHeight.code;
}
