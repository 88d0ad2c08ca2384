import type { CometClient } from '@cosmjs/tendermint-rpc';

/** The shape that ts-proto and cosmjs-types generate. */
interface ProtoType<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
  fromPartial(partial: Partial<T>): T;
}

/** One method of a module's query service: where it is and what goes in and out. */
export interface QueryMethod<Request, Response> {
  /** `/infinet.contribution.v1.Query/Contribution` */
  readonly path: string;
  readonly request: ProtoType<Request>;
  readonly response: ProtoType<Response>;
}

/** A node's refusal of a query, with the code and log it gave. */
export class QueryError extends Error {
  readonly code: number;

  constructor(path: string, code: number, log: string) {
    super(`query ${path} failed with code ${code}: ${log}`);
    this.name = 'QueryError';
    this.code = code;
  }
}

/** Asks a node over `abci_query`. */
export interface Querier {
  /** `height` is a block height inside the node's kept window, the latest when absent. Throws `QueryError`. */
  ask<Request, Response>(
    method: QueryMethod<Request, Response>,
    request: Partial<Request>,
    height?: bigint,
  ): Promise<Response>;
}

export function createQuerier(comet: CometClient): Querier {
  return {
    ask: async (method, request, height) => {
      const data = method.request.encode(method.request.fromPartial(request)).finish();
      const at = height === undefined ? {} : { height: Number(height) };
      const answer = await comet.abciQuery({ path: method.path, data, ...at });
      const { code = 0, log = '' } = answer;
      if (code !== 0) throw new QueryError(method.path, code, log);
      return method.response.decode(answer.value);
    },
  };
}

/** The codes by which a node says that the thing asked for does not exist (codespace `sdk`: key not found, not found). */
const notFoundCodes = new Set([22, 38]);

/** The answer, or undefined where the node says that there is no such thing. */
export async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof QueryError && notFoundCodes.has(error.code)) return undefined;
    throw error;
  }
}
