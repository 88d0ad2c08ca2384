import type { ProtoType } from './collections/values.ts';
import type { Context } from './context.ts';
import { signersOf } from './tx/signers.ts';

/**
 * A message as clients know it: declared once in a module's `messages.ts`, used by the state machine, the client SDK
 * and the indexer.
 */
export interface MessageType<T, R> {
  /** `/infinet.contribution.v1.MsgSubmitContribution` */
  readonly typeUrl: string;
  readonly request: ProtoType<T>;
  readonly response: ProtoType<R>;
  /** Checks that need no state, run before the message is let into the mempool. Throws a `CodedError`. */
  validate?(message: T): void;
}

/** One decoded message, ready to run; what its type is stays inside. */
export interface PreparedMessage {
  readonly typeUrl: string;
  /** Bech32 account addresses that must sign, in order; the first one of the first message pays the fee. */
  readonly signers: readonly string[];
  validate(): void;
  /** Runs the handler and returns the encoded response. Throws a `CodedError` when the message fails. */
  handle(ctx: Context): Uint8Array;
}

/** What a module gives the router for each message. */
export interface MessageRoute {
  readonly typeUrl: string;
  /** Throws on bytes that are not this message. Unknown fields have been refused before (`tx/unknownFields.ts`). */
  prepare(bytes: Uint8Array): PreparedMessage;
}

/**
 * Ties a message to the function that carries it out. Who signs it is read from its descriptor; a message without the
 * option `cosmos.msg.v1.signer` is refused here, when the chain is wired.
 */
export function handle<T, R>(type: MessageType<T, R>, handler: (ctx: Context, message: T) => R): MessageRoute {
  const signers = signersOf(type.typeUrl);
  return {
    typeUrl: type.typeUrl,
    prepare: (bytes) => {
      const message = type.request.decode(bytes);
      return {
        typeUrl: type.typeUrl,
        signers: signers(bytes),
        validate: () => type.validate?.(message),
        handle: (ctx) => type.response.encode(handler(ctx, message)).finish(),
      };
    },
  };
}

/** What a module gives the query router: the path is also the gRPC method name. */
export interface QueryRoute {
  /** `/infinet.contribution.v1.Query/Contribution` */
  readonly path: string;
  /** Encoded request in, encoded response out. Throws `CodedError` (`sdk` 22 for "not found"). */
  answer(ctx: Context, request: Uint8Array): Uint8Array;
}

export function query<T, R>(
  path: string,
  request: ProtoType<T>,
  response: ProtoType<R>,
  answer: (ctx: Context, request: T) => R,
): QueryRoute {
  return { path, answer: (ctx, bytes) => response.encode(answer(ctx, request.decode(bytes))).finish() };
}
