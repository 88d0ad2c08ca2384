import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ensureCometbft } from '../../chain/node/cometbft.ts';
import { initHome } from '../../chain/node/home.ts';
import { testSeeds } from '../../chain/node/nodeKeys.ts';
import { homePaths } from '../../chain/node/paths.ts';
import { eventually, freePorts, headerAppHash, infinetd, type RunningNode, ready } from './node.ts';
import { SingleNode } from './singleNode.ts';

const Status = z.object({ result: z.object({ node_info: z.object({ id: z.string(), listen_addr: z.string() }) }) });
const Block = z.object({ result: z.object({ block_id: z.object({ hash: z.string() }) }) });

let source: SingleNode;
let joiner: RunningNode | undefined;
const home = mkdtempSync(join(tmpdir(), 'infinet-joiner-'));

function edit(path: string, ...changes: readonly (readonly [RegExp, string])[]): void {
  let text = readFileSync(path, 'utf8');
  for (const [pattern, replacement] of changes) {
    expect(text).toMatch(pattern);
    text = text.replace(pattern, replacement);
  }
  writeFileSync(path, text);
}

beforeAll(async () => {
  source = await SingleNode.create('snapshots');
  // Blocks come so quickly here that a snapshot must outlive many that follow while the joiner looks around.
  edit(
    homePaths(source.home).config,
    [/snapshot_interval = \d+/, 'snapshot_interval = 5'],
    [/snapshot_keep_recent = \d+/, 'snapshot_keep_recent = 200'],
  );
  await source.start();
  await source.blocks(12n);
});

afterAll(async () => {
  joiner?.process.kill('SIGTERM');
  await joiner?.ended;
  await source?.remove();
  rmSync(home, { recursive: true, force: true });
});

test('a node without any block joins from a snapshot and follows the chain', async () => {
  const rpc = `http://127.0.0.1:${source.ports.rpc}`;
  const { id, listen_addr: p2p } = Status.parse(await (await fetch(`${rpc}/status`)).json()).result.node_info;
  const trusted = Block.parse(await (await fetch(`${rpc}/block?height=2`)).json()).result.block_id.hash;
  const [abci = 0, api = 0, ownRpc = 0, ownP2p = 0] = await freePorts(4);
  rmSync(home, { recursive: true });
  await initHome({
    home,
    moniker: 'joiner',
    cometbft: await ensureCometbft(),
    seeds: testSeeds('joiner'),
    comet: {
      rpc: `127.0.0.1:${ownRpc}`,
      p2p: `127.0.0.1:${ownP2p}`,
      local: true,
      timeoutCommitMs: 200,
      logLevel: 'error',
    },
    config: { abci: `127.0.0.1:${abci}`, api: `127.0.0.1:${api}` },
  });
  const paths = homePaths(home);
  copyFileSync(homePaths(source.home).genesis, paths.genesis);
  edit(
    paths.cometConfig,
    [/persistent_peers = ".*"/, `persistent_peers = "${id}@${p2p.replace(/^tcp:\/\//, '')}"`],
    [/(\[statesync\][^[]*?\n)enable = false/, '$1enable = true'],
    [/rpc_servers = ".*"/, `rpc_servers = "${rpc},${rpc}"`],
    [/trust_height = \d+/, 'trust_height = 2'],
    [/trust_hash = ".*"/, `trust_hash = "${trusted}"`],
    [/discovery_time = ".*"/, 'discovery_time = "5s"'],
  );
  const node = infinetd('start', '--comet', '--home', home);
  joiner = node;
  const joined = await eventually('the joiner', node, async () => {
    const now = await ready(api);
    return now?.ready === true && now.height >= 12n ? now : undefined;
  });
  expect(node.lines.join('\n')).toContain('restored a snapshot');
  await source.blocks(2n);
  expect(joined.app_hash).toBe(await headerAppHash(source.ports.rpc, joined.height + 1n));
});
