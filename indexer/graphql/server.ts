import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { EnvelopArmorPlugin } from '@escape.tech/graphql-armor';
import { createSchema, createYoga } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Database } from '../database/connect.ts';
import type { Source } from '../source/block.ts';
import type { Status } from '../status.ts';
import type { GraphqlContext } from './context.ts';
import { explain } from './failure.ts';
import { Loaders } from './loaders.ts';
import { resolvers } from './resolvers.ts';

export interface GraphqlOptions {
  readonly database: Database;
  readonly source: Source;
  readonly status: Status;
  readonly logger: Logger;
}

/** What an explorer's largest legal query needs, with room; the tests hold such queries. */
const limits = {
  depth: 12,
  aliases: 30,
  directives: 20,
  tokens: 2_000,
  cost: 50_000,
  bodyBytes: 262_144,
  proofs: 50,
} as const;

/** Answers `/graphql`: POST, and GET for queries; a browser gets GraphiQL, whose files are part of this program. */
export function createGraphqlHandler(
  options: GraphqlOptions,
): (request: IncomingMessage, response: ServerResponse) => unknown {
  const { database, source, status, logger } = options;
  const armor = EnvelopArmorPlugin({
    maxDepth: { n: limits.depth },
    maxAliases: { n: limits.aliases },
    maxDirectives: { n: limits.directives },
    maxTokens: { n: limits.tokens },
    costLimit: { maxCost: limits.cost },
    blockFieldSuggestion: { enabled: false },
  });
  const yoga = createYoga({
    schema: createSchema<GraphqlContext>({ typeDefs: [schemaText('schema'), schemaText('lists')], resolvers }),
    context: (): GraphqlContext => ({
      database,
      source,
      loaders: new Loaders(database),
      proofs: { left: limits.proofs },
    }),
    graphqlEndpoint: '/graphql',
    landingPage: false,
    graphiql: { title: 'AI Infinet' },
    // Some megabytes that a server without visitors need not hold.
    renderGraphiQL: async (given) => (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(given),
    maskedErrors: { maskError: (error, message) => explain(error, message) },
    cors: { origin: '*', credentials: false, methods: ['GET', 'POST'] },
    logging: {
      debug: () => {},
      info: () => {},
      warn: (...parts: unknown[]) => logger.warn({ graphql: parts.map(String) }, 'GraphQL warns'),
      error: (...parts: unknown[]) => logger.error({ graphql: parts.map(describe) }, 'a GraphQL request failed'),
    },
    plugins: [armor],
  });
  return async (request, response) => {
    if (request.method === 'POST' && !hasSmallBody(request)) {
      const message = `a request has a content-length of at most ${limits.bodyBytes} bytes`;
      response.writeHead(413, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: [{ message }] }));
      return;
    }
    const end = status.requests.startTimer();
    try {
      await yoga(request, response);
    } finally {
      end({ outcome: response.statusCode < 400 ? 'answered' : 'refused' });
    }
  };
}

/** The reviewed files; beside this one in the sources, three folders up in what "npm run build" makes. */
export function schemaText(name: 'schema' | 'lists'): string {
  const found = [`./${name}.graphql`, `../../../indexer/graphql/${name}.graphql`]
    .map((path) => new URL(path, import.meta.url))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name}.graphql is missing from the installation`);
  return readFileSync(found, 'utf8');
}

function hasSmallBody({ headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length'] ?? Number.NaN);
  return length <= limits.bodyBytes;
}

function describe(part: unknown): string {
  return part instanceof Error ? (part.stack ?? part.message) : String(part);
}
