import { type CometClient, CometRpcError } from '../../comet/client.ts';

/** A call of a service, what it asked CometBFT, and what `simd` answered. Bytes are base64. */
export interface RecordedService {
  readonly path: string;
  readonly request: string;
  /** Height of the chain then. */
  readonly height: string;
  readonly rpc: readonly {
    readonly method: string;
    readonly params: Readonly<Record<string, string | boolean>>;
    readonly result?: unknown;
    readonly error?: string;
  }[];
  readonly answer: { readonly value?: string; readonly code?: number; readonly message?: string };
}

/** A CometBFT that answers as it was recorded. */
export function replayComet(recorded: RecordedService): CometClient {
  return {
    call: async (method, params = {}) => {
      const found = recorded.rpc.find(
        (entry) => entry.method === method && JSON.stringify(entry.params) === JSON.stringify(params),
      );
      if (found === undefined) throw new Error(`${method} was not asked with ${JSON.stringify(params)}`);
      if (found.error !== undefined) throw new CometRpcError(found.error);
      return found.result;
    },
  };
}
