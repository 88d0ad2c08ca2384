import { GrpcError } from '../app/grpcStatus.ts';

/** gRPC metadata and HTTP header that ask for a height, and tell of which one an answer is. */
export const heightHeader = 'x-cosmos-block-height';

/** Reads the height that a client asks for; 0, the last one, if it asks for none. Throws with the SDK's texts. */
export function readHeight(values: readonly string[]): bigint {
  const [text = ''] = values;
  if (values.length !== 1 || text === '') return 0n;
  if (/^-\d{1,18}$/.test(text)) {
    throw new GrpcError('Unknown', 'cannot query with height < 0; please provide a valid height: invalid height');
  }
  if (/^\+?\d{1,30}$/.test(text) && BigInt(text.replace('+', '')) < 1n << 63n) return BigInt(text.replace('+', ''));
  throw new GrpcError(
    'Unknown',
    `Baseapp.RegisterGRPCServer: invalid height header "${heightHeader}": strconv.ParseInt: parsing ${JSON.stringify(
      text.slice(0, 100),
    )}: ${/^\+?\d+$/.test(text) ? 'value out of range' : 'invalid syntax'}: invalid request`,
  );
}
