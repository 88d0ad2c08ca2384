import { GraphQLError } from 'graphql';

/** The caller's mistake, with what to do about it; other errors are masked by the server. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
