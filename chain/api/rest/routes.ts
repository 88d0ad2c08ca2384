import type { DescMethod } from '@bufbuild/protobuf';
import { descriptors, option } from '../../../sdk/codec/descriptors.ts';

/** One way to reach a gRPC method over HTTP. */
export interface RestRoute {
  readonly verb: 'GET' | 'POST';
  readonly method: DescMethod;
  /** gRPC path, `/cosmos.bank.v1beta1.Query/Balance`. */
  readonly path: string;
  /** The URL's parts: a text to match, or a field of the request (`**`: the rest of the URL). */
  readonly parts: readonly RoutePart[];
  /** The request is the body, not the query string. */
  readonly hasBody: boolean;
}

export type RoutePart = { readonly text: string } | { readonly field: string; readonly rest: boolean };

export interface RouteMatch {
  readonly route: RestRoute;
  /** Text of each path parameter, by field path. */
  readonly params: ReadonlyMap<string, string>;
}

/** Finds the route of an HTTP request. Routes are tried in the order in which the proto files declare them. */
export class RestRoutes {
  readonly #routes: readonly RestRoute[];

  /** Of the `google.api.http` options of the methods that are served, or of all methods. */
  constructor(served: readonly string[] | undefined) {
    const paths = new Set(served);
    this.#routes = allRoutes().filter(({ path }) => served === undefined || paths.has(path));
  }

  get all(): readonly RestRoute[] {
    return this.#routes;
  }

  /** `pathname` is percent-decoded; undefined if nothing is there. */
  find(verb: string, pathname: string): RouteMatch | undefined {
    const parts = pathname.split('/').slice(1);
    for (const route of this.#routes) {
      const params = route.verb === verb ? matchParts(route.parts, parts) : undefined;
      if (params !== undefined) return { route, params };
    }
    return undefined;
  }
}

function matchParts(pattern: readonly RoutePart[], parts: readonly string[]): Map<string, string> | undefined {
  const last = pattern.at(-1);
  const takesRest = last !== undefined && 'rest' in last && last.rest;
  if (takesRest ? parts.length < pattern.length - 1 : parts.length !== pattern.length) return undefined;
  const params = new Map<string, string>();
  for (const [index, wanted] of pattern.entries()) {
    if ('text' in wanted) {
      if (wanted.text !== parts[index]) return undefined;
    } else params.set(wanted.field, wanted.rest ? parts.slice(index).join('/') : (parts[index] ?? ''));
  }
  return params;
}

function allRoutes(): RestRoute[] {
  const routes: RestRoute[] = [];
  for (const file of descriptors.files) {
    for (const service of file.services) {
      for (const method of service.methods) {
        const path = `/${service.typeName}/${method.name}`;
        for (const { verb, template, body } of rulesOf(method)) {
          routes.push({ verb, method, path, parts: readTemplate(template), hasBody: body === '*' });
        }
      }
    }
  }
  return routes;
}

interface Rule {
  readonly verb: 'GET' | 'POST';
  readonly template: string;
  readonly body: string;
}

function rulesOf(method: DescMethod): Rule[] {
  const found = rulesIn(option(method, 'google.api.http'));
  const { typeName } = method.parent;
  if (found.length > 0 || !typeName.startsWith('infinet.') || !typeName.endsWith('.Query')) return found;
  // Our own queries: /infinet/oracle/v1/price?symbol=BTC.
  const folder = typeName.slice(0, -'.Query'.length).replaceAll('.', '/');
  return [{ verb: 'GET', template: `/${folder}/${snakeCase(method.name)}`, body: '' }];
}

function rulesIn(rule: unknown): Rule[] {
  if (typeof rule !== 'object' || rule === null || !('pattern' in rule)) return [];
  const { pattern } = rule;
  const rules: Rule[] = [];
  if (typeof pattern === 'object' && pattern !== null && 'case' in pattern && 'value' in pattern) {
    const body = 'body' in rule ? String(rule.body) : '';
    if (pattern.case === 'get') rules.push({ verb: 'GET', template: String(pattern.value), body });
    if (pattern.case === 'post') rules.push({ verb: 'POST', template: String(pattern.value), body });
  }
  const more = 'additionalBindings' in rule && Array.isArray(rule.additionalBindings) ? rule.additionalBindings : [];
  return [...rules, ...more.flatMap(rulesIn)];
}

function readTemplate(template: string): RoutePart[] {
  return template
    .split(/\/(?![^{]*\})/)
    .slice(1)
    .map((part) => {
      const match = /^\{([a-zA-Z0-9_.]+)(?:=(\*\*|\*))?\}$/.exec(part);
      return match === null ? { text: part } : { field: match[1] ?? '', rest: match[2] === '**' };
    });
}

/** `ContributionByRoot` is `contribution_by_root`. */
function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
}
