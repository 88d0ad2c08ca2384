import type { NodeMethod } from '../../api/backend.ts';
import { GrpcError } from '../../app/grpcStatus.ts';
import type { ProtoType } from '../../collections/values.ts';
import { CometRpcError } from '../comet/client.ts';

/** A method with its types. What CometBFT refuses is of unknown status, as the SDK passes on errors of no status. */
export function method<T, R>(
  path: string,
  request: ProtoType<T>,
  response: ProtoType<R>,
  answer: (request: T) => Promise<NoInfer<R>> | NoInfer<R>,
): NodeMethod {
  return {
    path,
    answer: async (bytes) => {
      let decoded: T;
      try {
        decoded = request.decode(bytes);
      } catch (error) {
        throw new GrpcError('InvalidArgument', error instanceof Error ? error.message : String(error));
      }
      try {
        return response.encode(await answer(decoded)).finish();
      } catch (error) {
        throw error instanceof CometRpcError ? new GrpcError('Unknown', error.message) : error;
      }
    },
  };
}
