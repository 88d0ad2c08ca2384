/**
 * Nothing that waiting would mend: another chain, a broken history, a wrong option. Whoever retries lets it pass, the
 * program prints its one sentence and ends with status 1.
 */
export class FinalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FinalError';
  }
}

/** The text of whatever was thrown. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's fetch hides what happened ("connect ECONNREFUSED ...") in the cause.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
