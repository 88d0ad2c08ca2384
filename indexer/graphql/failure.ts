import { GraphQLError } from 'graphql';

/** The caller's mistake, with what to do about it; other errors are masked by the server. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** What Postgres says of a query that took longer than the pool allows, and of a table that is not there yet. */
const explanations: Readonly<Record<string, string>> = {
  '57014': 'the query took too long: ask for less, or narrow it by where',
  '42P01': 'the index is being built: try again in a moment',
};

/** Errors that callers may see pass, known causes get their sentence, everything else stays in the log. */
export function explain(error: unknown, message: string): Error {
  if (isGraphqlError(error) && error.originalError === undefined) return error;
  for (let cause: unknown = error; cause instanceof Error; cause = innerError(cause)) {
    if (isGraphqlError(cause) && cause.extensions.code === 'BAD_USER_INPUT') return cause;
    const explanation = 'code' in cause ? explanations[String(cause.code)] : undefined;
    if (explanation !== undefined) return locate(error, explanation, 'TEMPORARILY_UNAVAILABLE');
  }
  return locate(error, message, 'INTERNAL_SERVER_ERROR');
}

function innerError(error: Error): unknown {
  return isGraphqlError(error) ? error.originalError : error.cause;
}

function locate(error: unknown, message: string, code: string): GraphQLError {
  const { nodes, path } = isGraphqlError(error) ? error : {};
  return new GraphQLError(message, { nodes, path, extensions: { code } });
}

/** By name: a library may have loaded the class a second time, as CommonJS and as ES module. */
function isGraphqlError(error: unknown): error is GraphQLError {
  return error instanceof Error && error.name === 'GraphQLError';
}
