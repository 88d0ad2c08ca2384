import { freshModules } from '../sim/registry.ts';
import { liveChain } from './chain.ts';
import type { Reader } from './guided.ts';
import { mutate } from './mutate.ts';
import { damage } from './mutateFields.ts';
import type { Target } from './target.ts';

/** Longest answer that the chain of this test has any reason to give, bytes. */
const longest = 4 * 2 ** 20;

/**
 * A decoder may throw what it likes at bad bytes, and pages refuse as the SDK's do, without a code; a module that gets a
 * decoded request may not.
 */
export function isBug(stack: string): boolean {
  const [, thrower = ''] = stack.split('\n');
  return stack.includes('/modules/') && !thrower.includes('/chain/pagination.ts');
}

/** Queries by every path there is and some that are not: an answer or a code, never a throw. */
export async function queryTarget(): Promise<Target> {
  const { paths, data, ask, close } = await queriedChain();
  return {
    name: 'query',
    run: (random) => {
      const exact = random.pick(paths);
      const path = random.oneIn(12)
        ? Buffer.from(mutate(random, Buffer.from(exact), Buffer.from(random.pick(paths)))).toString('latin1')
        : exact;
      const bytes = random.oneIn(3)
        ? random.bytes(random.below(40))
        : damage(random, random.pick(data).subarray(0, random.below(400)), random.pick(data));
      const height = random.oneIn(3) ? random.between(-(1n << 63n), (1n << 63n) - 1n) : random.between(0n, 45n);
      return ask(path, bytes, height, random.oneIn(2));
    },
    close,
  };
}

/** The first two bytes choose the path, the third the height, lowest bit for a proof; the rest is the request. */
export async function queryReader(): Promise<Reader> {
  const { paths, data, ask, close } = await queriedChain();
  return {
    name: 'query',
    header: 3,
    seeds: paths.flatMap((_path, at) =>
      [new Uint8Array(), data[at % data.length] ?? new Uint8Array()].map((request) =>
        Buffer.concat([Buffer.of(at >> 8, at & 255, 0), request.subarray(0, 400)]),
      ),
    ),
    read: (bytes) => {
      const path = paths[Buffer.concat([bytes, Buffer.of(0, 0)]).readUInt16BE(0) % paths.length] ?? '';
      const third = bytes[2] ?? 0;
      return ask(path, bytes.subarray(3), BigInt(third >> 1), third % 2 === 1);
    },
    close,
  };
}

async function queriedChain() {
  const chain = await liveChain(40, isBug);
  const { app } = chain.machine;
  const routes = freshModules().flatMap(({ queries }) => queries ?? []);
  const paths = [
    ...routes.map(({ path }) => path),
    ...['acc', 'bank', 'staking', 'infinet', 'verification'].map((store) => `/store/${store}/key`),
    ...['/app/version', '/app/simulate', '/p2p/filter/addr/1.2.3.4', '/store/bank/subspace', '/', ''],
    '/cosmos.tx.v1beta1.Service/Simulate',
    '/cosmos.base.tendermint.v1beta1.Service/GetNodeInfo',
  ];
  const data = [...chain.drafts.map(({ message }) => message.value), ...chain.txs];
  const ask = (path: string, bytes: Uint8Array, height: bigint, prove: boolean): boolean => {
    const response = app.query({ path, data: bytes, height, prove });
    const bug = chain.takeBug();
    if (bug !== undefined) throw new Error(`${path} of ${Buffer.from(bytes).toString('hex')}: ${bug}`);
    if (response.value.length > longest) throw new Error(`${path} answers ${response.value.length} bytes`);
    return response.code === 0;
  };
  return { paths, data, ask, close: chain.close };
}
