import type { abci } from '../../sdk/codec/index.ts';

/** A request and its answer, one property a kind, as `tendermint.abci.Request` and `Response` have them. */
export type RequestKind = Exclude<keyof abci.Request, 'echo' | 'flush'>;
type RequestOf<K extends RequestKind> = NonNullable<abci.Request[K]>;
type ResponseOf<K extends RequestKind> = NonNullable<abci.Response[K]>;

/** What the state machine answers; one method a request. A throw stops the node: CometBFT gets an Exception. */
export type AbciApplication = {
  readonly [K in RequestKind]: (request: RequestOf<K>) => ResponseOf<K> | Promise<ResponseOf<K>>;
};

type Handler = (application: AbciApplication, request: abci.Request) => Promise<abci.Response | undefined>;

/** Calls the application's method of the same name. */
function forward<K extends RequestKind>(kind: K): Handler {
  return async (application, request) => {
    const body = request[kind];
    if (body === undefined) return undefined;
    const answer: (request: RequestOf<K>) => ResponseOf<K> | Promise<ResponseOf<K>> = application[kind];
    return { [kind]: await answer.call(application, body) };
  };
}

/** Requests of the consensus connection: they change or prepare the state and run one at a time. */
const consensusKinds = [
  'initChain',
  'prepareProposal',
  'processProposal',
  'extendVote',
  'verifyVoteExtension',
  'finalizeBlock',
  'commit',
] as const satisfies readonly RequestKind[];

const otherKinds = [
  'info',
  'query',
  'checkTx',
  'listSnapshots',
  'offerSnapshot',
  'loadSnapshotChunk',
  'applySnapshotChunk',
] as const satisfies readonly RequestKind[];

const handlers = new Map<string, Handler>([...consensusKinds, ...otherKinds].map((kind) => [kind, forward(kind)]));
const serialised: ReadonlySet<string> = new Set(consensusKinds);

/** The one kind that is set in a request, or undefined for an empty or unknown one. */
export function kindOf(request: abci.Request): keyof abci.Request | undefined {
  if (request.echo !== undefined) return 'echo';
  if (request.flush !== undefined) return 'flush';
  for (const kind of [...otherKinds, ...consensusKinds]) if (request[kind] !== undefined) return kind;
  return undefined;
}

/** Routes requests of all connections to the application, consensus requests strictly one after another. */
export class Dispatcher {
  readonly #application: AbciApplication;
  #consensus: Promise<unknown> = Promise.resolve();

  constructor(application: AbciApplication) {
    this.#application = application;
  }

  /** Rejects when the request is none that ABCI 2.0 has, or when the application throws. */
  async answer(request: abci.Request): Promise<abci.Response> {
    const kind = kindOf(request);
    if (kind === undefined) throw new Error('a request of no kind that ABCI 2.0 has');
    if (request.echo !== undefined) return { echo: { message: request.echo.message } };
    if (kind === 'flush') return { flush: {} };
    const run = async () => {
      const response = await handlers.get(kind)?.(this.#application, request);
      if (response === undefined) throw new Error(`request ${kind} has no handler`);
      return response;
    };
    if (!serialised.has(kind)) return run();
    const answered = this.#consensus.then(run);
    this.#consensus = answered.catch(() => undefined);
    return answered;
  }
}
