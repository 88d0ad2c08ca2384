import { parse } from 'smol-toml';
import { OperatorError } from './failure.ts';

export type TomlValue = string | number | boolean | readonly string[];

/** Section name ('' for the part above the first header) to keys and their new values. */
export type TomlEdits = Readonly<Record<string, Readonly<Record<string, TomlValue>>>>;

/**
 * Changes single-line values of a TOML text and leaves everything else, comments included, as it is.
 * Throws when a key is not there, so that a renamed setting of a newer CometBFT is noticed.
 */
export function editToml(text: string, edits: TomlEdits): string {
  const open = new Map<string, TomlValue>();
  for (const [section, values] of Object.entries(edits)) {
    for (const [key, value] of Object.entries(values)) open.set(`${section}\n${key}`, value);
  }
  let section = '';
  const lines = text.split('\n').map((line) => {
    const header = /^\[([^[\]]+)\]\s*$/.exec(line);
    if (header?.[1] !== undefined) section = header[1].trim();
    const key = /^([A-Za-z0-9_-]+)\s*=/.exec(line)?.[1];
    if (key === undefined) return line;
    const value = open.get(`${section}\n${key}`);
    if (value === undefined) return line;
    open.delete(`${section}\n${key}`);
    return `${key} = ${JSON.stringify(value)}`;
  });
  const [missing] = open.keys();
  if (missing !== undefined) throw new OperatorError(`CometBFT's config.toml has no ${missing.replace('\n', '.')}`);
  const edited = lines.join('\n');
  parse(edited);
  return edited;
}

/** A TOML text with these values alone, where there is no text to start from. */
export function writeToml(edits: TomlEdits): string {
  const sections = Object.entries(edits).sort(([a], [b]) => (a === b ? 0 : a < b ? -1 : 1));
  return sections
    .map(([name, values]) => {
      const lines = Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
      return [...(name === '' ? [] : [`[${name}]`]), ...lines].join('\n');
    })
    .join('\n\n')
    .concat('\n');
}
