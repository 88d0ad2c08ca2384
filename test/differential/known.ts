export const known: ReadonlySet<string> = new Set([]);
