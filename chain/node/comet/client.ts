import { z } from 'zod';

/** What CometBFT's RPC answered instead of a result. */
export class CometRpcError extends Error {
  override readonly name = 'CometRpcError';
}

/** Calls methods of CometBFT's JSON-RPC. */
export interface CometClient {
  /** The result, unchecked. Rejects with a `CometRpcError`, also when CometBFT cannot be reached. */
  call(method: string, params?: Readonly<Record<string, string | boolean>>): Promise<unknown>;
}

const answerShape = z.object({
  result: z.unknown().optional(),
  error: z.object({ message: z.string(), data: z.string().optional() }).optional(),
});

/** A client of the node's own CometBFT at `http://127.0.0.1:26657`. Integers go as decimal strings, bytes as base64. */
export function cometClient(url: string, timeoutMs = 10_000): CometClient {
  return {
    call: async (method, params = {}) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
      let text: string;
      try {
        const headers = { 'content-type': 'application/json' };
        const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) });
        text = await response.text();
      } catch (error) {
        throw new CometRpcError(`CometBFT does not answer: ${error instanceof Error ? error.message : String(error)}`);
      }
      const answer = answerShape.safeParse(parse(text));
      if (!answer.success) throw new CometRpcError(`CometBFT answered something else than JSON-RPC to ${method}`);
      const { result, error } = answer.data;
      if (error !== undefined) throw new CometRpcError(error.data || error.message);
      return result;
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
