import { readFileSync } from 'node:fs';
import type { JsonValue } from '@bufbuild/protobuf';
import { z } from 'zod';
import { descriptors } from '../../../sdk/codec/descriptors.ts';

type Service = { [name: string]: JsonValue } | undefined;

const recordShape = z.record(z.string(), z.record(z.string(), z.json()));

/**
 * How the SDK's own client builds commands from its modules (`cosmos.autocli.v1.ModuleOptions` in JSON, by module), which
 * arguments stand where and which methods have none; `testing/recordAutocli.ts` asked simd. Its help texts are left out.
 */
const recorded = recordShape.parse(JSON.parse(readFileSync(new URL('autocli.json', import.meta.url), 'utf8')));

/**
 * Options of each module that handles one of the messages or queries. A module of our own has those that the SDK gives
 * to one that says nothing: its services, and every field is a flag.
 */
export function autocliOptions(paths: readonly string[], messages: readonly string[]): Record<string, JsonValue> {
  const queries = new Set(paths.map((path) => path.slice(1, path.lastIndexOf('/'))));
  const packages = new Set(messages.map((typeUrl) => typeUrl.slice(1, typeUrl.lastIndexOf('.'))));
  const names = [...queries].filter((name) => name.endsWith('.Query')).map((name) => name.slice(0, -'.Query'.length));
  const options: Record<string, JsonValue> = {};
  for (const name of [...new Set([...packages, ...names])].sort()) {
    const module = name.split('.')[1] ?? name;
    const tx: Service =
      packages.has(name) && descriptors.getService(`${name}.Msg`) ? { service: `${name}.Msg` } : undefined;
    const query: Service = queries.has(`${name}.Query`) ? { service: `${name}.Query` } : undefined;
    options[module] = recorded[name] ?? { ...(tx && { tx }), ...(query && { query }) };
  }
  return options;
}
