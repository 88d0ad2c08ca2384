import type { Command } from 'commander';
import { z } from 'zod';
import { OperatorError } from '../../chain/node/failure.ts';
import { contributionQueries } from '../../sdk/queries.ts';
import { type NodeFlags, print, wholeNumber, withNode, withQuerier } from '../options.ts';

export function addLineageCommand(program: Command): void {
  withNode(program.command('lineage'))
    .description('Show what a contribution was made from, and what was made from it.')
    .argument('<contribution>', 'id of the contribution', wholeNumber)
    .option('--depth <generations>', 'how far to follow, 1 to 16', Number, 16)
    .action(async (contributionId: bigint, flags: NodeFlags & { readonly depth: number }) => {
      const request = { contributionId, maxDepth: flags.depth };
      await withQuerier(flags, async (querier) => {
        const ancestors = await querier.ask(contributionQueries.ancestors, request);
        const descendants = await querier.ask(contributionQueries.descendants, request);
        print({ contribution_id: contributionId, ancestors, descendants });
      });
    });
}

const pageShape = z.object({
  data: z.object({
    auditTrail: z.object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      nodes: z.array(
        z.object({
          height: z.number(),
          time: z.string(),
          txHash: z.string().nullable(),
          type: z.string(),
          attributes: z.array(z.object({ key: z.string(), value: z.string() })),
        }),
      ),
    }),
  }),
});

const query = `query Audit($id: Long!, $after: String) {
  auditTrail(first: 100, after: $after, where: { contributionId: { _eq: $id } }) {
    pageInfo { hasNextPage endCursor }
    nodes { height time txHash type attributes { key value } }
  }
}`;

export function addAuditCommand(program: Command): void {
  program
    .command('audit')
    .summary('list all that happened to a contribution')
    .description('List every event that names a contribution, with height and tx, out of an index.')
    .argument('<contribution>', 'id of the contribution', wholeNumber)
    .option('--indexer <url>', "an indexer's GraphQL", 'http://127.0.0.1:26753/graphql')
    .action(async (contributionId: bigint, { indexer }: { readonly indexer: string }) => {
      const events: unknown[] = [];
      let after: string | null = null;
      do {
        const { data } = await ask(indexer, { id: Number(contributionId), after });
        for (const { attributes, height, time, txHash, type } of data.auditTrail.nodes) {
          const values = Object.fromEntries(attributes.map(({ key, value }) => [key, value]));
          events.push({ height, time, tx: txHash, type, values });
        }
        after = data.auditTrail.pageInfo.hasNextPage ? data.auditTrail.pageInfo.endCursor : null;
      } while (after !== null);
      print({ contribution_id: contributionId, events });
    });
}

async function ask(url: string, variables: { id: number; after: string | null }): Promise<z.infer<typeof pageShape>> {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  };
  const answer = await fetch(url, request).catch((cause: unknown) => {
    throw new OperatorError(`no indexer answers at ${url}: name one with --indexer`, { cause });
  });
  return pageShape.parse(await answer.json());
}
