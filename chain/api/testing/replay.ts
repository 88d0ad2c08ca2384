import { type GrpcCodeName, GrpcError } from '../../app/grpcStatus.ts';
import type { QueryBackend } from '../backend.ts';
import { RestRoutes } from '../rest/routes.ts';

/** One gRPC call and what came of it. Bytes are base64. */
export interface RecordedCall {
  readonly path: string;
  readonly request: string;
  readonly height: string;
  readonly value?: string;
  /** Height of the answer. */
  readonly at?: string;
  readonly error?: { readonly name: string; readonly message: string };
}

/** One request over REST, the calls that it made over gRPC, and the answer. */
export interface RecordedExchange {
  readonly url: string;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly calls: readonly RecordedCall[];
  readonly status: number;
  readonly answer: string;
}

/** A backend that answers as it was recorded, and refuses what was not asked then. */
export function replay(exchanges: readonly RecordedExchange[]): QueryBackend {
  const known = new Map<string, RecordedCall>();
  for (const call of exchanges.flatMap(({ calls }) => calls))
    known.set(keyOf(call.path, call.request, call.height), call);
  return {
    paths: new RestRoutes(undefined).all.map(({ path }) => path),
    call: async (path, request, height) => {
      const call = known.get(keyOf(path, Buffer.from(request).toString('base64'), height.toString()));
      if (call === undefined) throw new Error(`${path} was not recorded with this request`);
      if (call.error !== undefined) throw new GrpcError(call.error.name as GrpcCodeName, call.error.message);
      return { value: Buffer.from(call.value ?? '', 'base64'), height: BigInt(call.at ?? '0') };
    },
  };
}

function keyOf(path: string, request: string, height: string): string {
  return `${path} ${request} ${height}`;
}
