import { CodedError, fail, sdkErrors } from './errors.ts';

/**
 * Refusals of queries. The Cosmos SDK answers a gRPC status inside an ABCI error, so clients see for example
 * `rpc error: code = NotFound desc = account x not found: key not found` with code 22 (baseapp, gRPCErrorToSDKError).
 */

export function queryNotFound(description: string): never {
  return fail(sdkErrors.keyNotFound, `rpc error: code = NotFound desc = ${description}`);
}

export function queryInvalid(description: string): never {
  return fail(sdkErrors.invalidRequest, `rpc error: code = InvalidArgument desc = ${description}`);
}

export function queryInternal(description: string): never {
  return fail(sdkErrors.unknownRequest, `rpc error: code = Internal desc = ${description}`);
}

/**
 * Runs `read` and hands what it throws to `refuse` as text: `orRefuse(() => codec.account(text), queryInvalid)`. What is
 * a coded error already passes as it is.
 */
export function orRefuse<T>(read: () => T, refuse: (description: string) => never): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CodedError) throw error;
    return refuse(error instanceof Error ? error.message : String(error));
  }
}
