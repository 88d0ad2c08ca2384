/**
 * `node test/differential/rpc.ts`: simd and infinetd, each with a real CometBFT, are sent the same over `broadcast_tx_sync` and
 * asked the same over RPC, gRPC and REST. Prints what differs and ends with 1 if anything does that nobody wanted.
 *   --freeze   writes simd's answers to frozen/rpc.json.gz, which an end-to-end test compares with
 *   --hold     starts both, prints their ports and asks nothing, until it is interrupted
 */

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { answersOf } from './rpc/answers.ts';
import { differing } from './rpc/differing.ts';
import { type Node, reached, startOurs, startSimd, stop } from './rpc/nodes.ts';

const { values } = parseArgs({
  options: { freeze: { type: 'boolean', default: false }, hold: { type: 'boolean', default: false } },
});
const folder = mkdtempSync(join(tmpdir(), 'infinet-rpc-'));
const started: Node[] = [];
try {
  const simd = await startSimd(join(folder, 'simd'));
  started.push(simd);
  const ours = await startOurs(join(folder, 'ours'));
  started.push(ours);
  for (const node of started) await reached(node, 2);
  if (values.hold) {
    const ports = ({ rpc, grpc, rest }: Node) => ({ rpc, grpc, rest });
    console.log(JSON.stringify({ simd: ports(simd), ours: ports(ours) }));
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  } else {
    const [theirs, mine] = await Promise.all([answersOf(simd), answersOf(ours)]);
    const frozen = Object.fromEntries(theirs);
    if (values.freeze) {
      writeFileSync(new URL('frozen/rpc.json.gz', import.meta.url), gzipSync(JSON.stringify(frozen), { level: 9 }));
    }
    const differ = differing(frozen, mine);
    for (const { name, theirs: left, ours: right } of differ) {
      console.log(`${name}\n   simd: ${JSON.stringify(left)}\n   ours: ${JSON.stringify(right)}`);
    }
    console.log(JSON.stringify({ compared: theirs.size, differ: differ.length }));
    if (differ.length > 0) process.exitCode = 1;
  }
} finally {
  await Promise.all(started.map(stop));
  rmSync(folder, { recursive: true, force: true });
}
