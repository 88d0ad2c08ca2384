import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { z } from 'zod';

const resultShape = z.record(z.string(), z.unknown());
const recordedShape = z.object({
  blocks: z.array(z.object({ block: resultShape, results: resultShape.and(z.object({ height: z.string() })) })),
  genesis: resultShape,
});
const callShape = z.object({
  id: z.unknown(),
  method: z.string(),
  params: z.record(z.string(), z.string()).optional(),
});

/** Answers of a real node. */
export const recorded = recordedShape.parse(
  JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8')),
);

/** A node that answers JSON-RPC, single or in batches, from what was recorded. */
export interface RecordedNode {
  readonly url: string;
  readonly server: Server;
  /** Sizes of the batches that it was asked. */
  readonly batches: number[];
  /** Answered instead of blocks, with HTTP status 200 as CometBFT does, while set. */
  failure: { code: number; message: string; data: string } | undefined;
}

export async function startNode(lastHeight: string): Promise<RecordedNode> {
  const batches: number[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return void response.end(genesisChunk(request.url ?? ''));
    const body: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString('utf8'));
    const calls = z.array(callShape).parse(Array.isArray(body) ? body : [body]);
    batches.push(calls.length);
    const answers = calls.map(({ id, method, params }) => ({ jsonrpc: '2.0', id, ...answer(method, params?.height) }));
    response.end(JSON.stringify(Array.isArray(body) ? answers : answers[0]));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const node: RecordedNode = { url: `http://127.0.0.1:${port}`, server, batches, failure: undefined };

  function answer(method: string, height = ''): { result: unknown } | { error: unknown } {
    if (method === 'abci_info') return { result: { response: { last_block_height: lastHeight } } };
    if (node.failure !== undefined) return { error: node.failure };
    const found = recorded.blocks.find(({ results }) => results.height === height);
    if (found === undefined) return { error: { code: -32603, message: 'Internal error', data: `no block ${height}` } };
    return { result: method === 'block' ? found.block : found.results };
  }
  return node;
}

/** The genesis in three pieces. */
function genesisChunk(path: string): string {
  const bytes = Buffer.from(JSON.stringify(recorded.genesis));
  const chunk = Number(new URL(path, 'http://node').searchParams.get('chunk'));
  const size = Math.ceil(bytes.length / 3);
  const data = bytes.subarray(chunk * size, (chunk + 1) * size).toString('base64');
  return JSON.stringify({ jsonrpc: '2.0', id: -1, result: { chunk: String(chunk), total: '3', data } });
}
