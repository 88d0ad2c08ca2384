/** Modules of a genesis that this chain does not have, by whether passing over them loses anything. */
export interface ForeignModules {
  readonly empty: readonly string[];
  /** With the field that holds something: `gov.proposals`. */
  readonly lost: readonly string[];
}

/**
 * A module holds something if any list of its state has an entry. Parameters, counters and settings mean nothing without
 * the module, so that the genesis of a new SDK chain holds nothing but accounts, balances and genesis txs.
 */
export function foreignModules(
  appState: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
): ForeignModules {
  const empty: string[] = [];
  const lost: string[] = [];
  for (const [name, state] of Object.entries(appState)) {
    if (known.has(name)) continue;
    const path = filledList(state, name);
    if (path === undefined) empty.push(name);
    else lost.push(path);
  }
  return { empty, lost };
}

/** Path of the first list with entries that is not among parameters. */
function filledList(value: unknown, path: string): string | undefined {
  if (Array.isArray(value)) return value.length > 0 ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, part] of Object.entries(value)) {
    if (/(^|_)params$/.test(name)) continue;
    const found = filledList(part, `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
