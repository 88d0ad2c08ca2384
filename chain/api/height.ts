import { unknownGrpcError } from '../app/grpcStatus.ts';
import { CodedError, sdkErrors } from '../errors.ts';
import { parseInteger } from './rest/goValues.ts';

/** gRPC metadata and HTTP header that ask for a height, and tell of which one an answer is. */
export const heightHeader = 'x-cosmos-block-height';

/** Reads the height that a client asks for; 0, the last one, if it asks for none. Throws with the SDK's texts. */
export function readHeight(values: readonly string[]): bigint {
  const [text = ''] = values;
  if (values.length !== 1 || text === '') return 0n;
  let height: bigint;
  try {
    height = parseInteger('ParseInt', text, 64, 10);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw refused(`Baseapp.RegisterGRPCServer: invalid height header "${heightHeader}": ${why}`);
  }
  if (height < 0n) throw refused('cannot query with height < 0; please provide a valid height');
  return height;
}

function refused(detail: string): Error {
  return unknownGrpcError(new CodedError(sdkErrors.invalidRequest, detail));
}
