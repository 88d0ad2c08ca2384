import type { abci } from '../../sdk/codec/index.ts';
import { GrpcError } from '../app/grpcStatus.ts';
import type { QueryAnswer } from '../app/queries.ts';

/** Every gRPC method that the node answers, bytes in and bytes out; gRPC and REST stand before it. */
export interface QueryBackend {
  /** `/cosmos.bank.v1beta1.Query/Balance` ... */
  readonly paths: readonly string[];
  /** One method on the state at `height`, 0 for the last. Rejects with a `GrpcError` and nothing else. */
  call(path: string, request: Uint8Array, height: bigint): Promise<QueryAnswer>;
}

/** Methods of the state machine: answered at once, from committed state. */
export interface StateQueries {
  readonly queryPaths: readonly string[];
  /** Type URLs of the messages that txs may carry. */
  readonly messageTypes: readonly string[];
  call(path: string, request: Uint8Array, height: bigint): QueryAnswer;
  /** The same and more, as CometBFT asks it. */
  query(request: abci.RequestQuery): abci.ResponseQuery;
}

/** A method that needs more than the state, such as CometBFT. */
export interface NodeMethod {
  readonly path: string;
  /** Encoded request in, encoded response out. Rejects with a `GrpcError`; anything else is a bug. */
  answer(request: Uint8Array): Promise<Uint8Array>;
}

export interface BackendOptions {
  readonly state: StateQueries;
  /** Taken before the state machine's own where both have a method. */
  readonly methods: readonly NodeMethod[];
  /** Height of the last committed block. */
  readonly height: () => bigint;
  /** Calls that may wait or run at once; more are refused. */
  readonly limit: number;
  /** Told of a bug in a method; the node goes on. */
  readonly onBug: (path: string, error: unknown) => void;
}

/**
 * The methods of the state machine and of the node behind one door. Reading the state takes the event loop, so at most
 * one such call runs between two turns of it: a flood of queries cannot hold up the next block.
 */
export function createBackend(options: BackendOptions): QueryBackend {
  const methods = new Map(options.methods.map((method) => [method.path, method]));
  const known = new Set([...options.state.queryPaths, ...methods.keys()]);
  let running = 0;
  let turn: Promise<void> = Promise.resolve();

  const answer = async (path: string, request: Uint8Array, height: bigint): Promise<QueryAnswer> => {
    const method = methods.get(path);
    if (method !== undefined) return { value: await method.answer(request), height: height || options.height() };
    const mine = turn;
    turn = mine.then(nextTurn);
    await mine;
    return options.state.call(path, request, height);
  };

  return {
    paths: [...known].sort(),
    call: async (path, request, height) => {
      if (!known.has(path)) throw new GrpcError('Unimplemented', `unknown method ${path.slice(0, 200)}`);
      if (running >= options.limit)
        throw new GrpcError('ResourceExhausted', 'too many queries at once: try again later');
      running++;
      try {
        return await answer(path, request, height);
      } catch (error) {
        if (error instanceof GrpcError) throw error;
        options.onBug(path, error);
        throw new GrpcError('Internal', error instanceof Error ? error.message : String(error));
      } finally {
        running--;
      }
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
