/**
 * `node test/differential/rpc.ts`: simd and infinetd, each with a real CometBFT, are sent the same bytes over
 * `broadcast_tx_sync` and asked the same over RPC, gRPC and REST. Prints what differs and ends with 1 if anything does.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { coins } from '@cosmjs/stargate';
import { Client, credentials } from '@grpc/grpc-js';
import { z } from 'zod';
import { ensureCometbft } from '../../chain/node/cometbft.ts';
import { localnetAppState } from '../../chain/node/defaultState.ts';
import { buildGenesis, writeGenesis } from '../../chain/node/genesis.ts';
import { initHome } from '../../chain/node/home.ts';
import { testSeeds } from '../../chain/node/nodeKeys.ts';
import { homePaths } from '../../chain/node/paths.ts';
import { auth, authQuery, bankQuery, txService } from '../../sdk/codec/index.ts';
import { eventually, freePorts, infinetd, type RunningNode, running } from '../e2e/node.ts';
import { chainId, denom, keyOf } from './keys.ts';
import { multiSend, part, send } from './messages.ts';
import { simdBinary } from './simd.ts';
import { buildTx, type TxSpec } from './tx.ts';

const user = keyOf('a0');
const owner = keyOf('val0');
const to = keyOf('a1');
const funds = '1000000000000';

interface Node {
  readonly rpc: number;
  readonly grpc: number;
  readonly rest: number;
  readonly node: RunningNode;
}

const resultShape = z.object({
  code: z.number(),
  data: z.string().nullish(),
  log: z.string(),
  codespace: z.string(),
  gas_wanted: z.string(),
  events: z.array(z.looseObject({ type: z.string() })),
});

const folder = mkdtempSync(join(tmpdir(), 'infinet-rpc-'));
const started: RunningNode[] = [];
let wrong = 0;
let compared = 0;
try {
  const simd = await startSimd(join(folder, 'simd'));
  const ours = await startOurs(join(folder, 'ours'));
  for (const each of [simd, ours]) {
    await eventually('the second block', each.node, async () => {
      const status = await rpc(each, 'status').catch(() => undefined);
      const height = z.looseObject({ sync_info: z.looseObject({ latest_block_height: z.coerce.number() }) });
      return status !== undefined && height.parse(status).sync_info.latest_block_height >= 2 ? true : undefined;
    });
  }
  await compareAll(simd, ours);
} finally {
  for (const { process: child } of started) child.kill('SIGTERM');
  await Promise.all(started.map(({ ended }) => ended));
  rmSync(folder, { recursive: true, force: true });
}
console.log(JSON.stringify({ compared, differ: wrong }));
if (wrong > 0) process.exitCode = 1;

function same(name: string, theirs: unknown, mine: unknown): void {
  compared++;
  if (isDeepStrictEqual(theirs, mine)) return;
  wrong++;
  console.log(`${name}\n   simd: ${JSON.stringify(theirs)}\n   ours: ${JSON.stringify(mine)}`);
}

async function compareAll(simd: Node, ours: Node): Promise<void> {
  const account = async (node: Node) => {
    const request = authQuery.QueryAccountRequest.encode({ address: user.text }).finish();
    const { account: any } = authQuery.QueryAccountResponse.decode(
      await grpc(node, '/cosmos.auth.v1beta1.Query/Account', request),
    );
    return auth.BaseAccount.decode(any?.value ?? new Uint8Array());
  };
  const base: TxSpec = { signers: [user], messages: [send(user, to, `5${denom}`)] };
  const specs: Readonly<Record<string, Partial<TxSpec>>> = {
    'a send': {},
    'a send in amino JSON': { amino: true },
    'a memo': { memo: 'hello <&>' },
    'a send of too much': { messages: [send(user, to, `${funds}0${denom}`)] },
    'a multi-send': { messages: [multiSend([part(user, `5${denom}`)], [part(to, `5${denom}`)])] },
    'two messages': { messages: [send(user, to, `1${denom}`), send(user, to, `2${denom}`)] },
    'a wrong chain id': { chainId: 'other-1' },
    'a wrong sequence': { sequence: 99n },
    'too little gas': { gas: 1000n },
    'gas that ends in the message': { gas: 60_000n },
    'a fee beyond the balance': { fee: [{ denom, amount: `${funds}0` }] },
    'a memo too long': { memo: 'm'.repeat(300) },
    'a timeout that has passed': { timeoutHeight: 1n },
    'bytes that are no tx': { raw: () => Buffer.from('not a tx') },
    'no signatures': { signatures: () => [] },
  };
  for (const [name, more] of Object.entries(specs)) {
    const [left, right] = [await account(simd), await account(ours)];
    same(`${name}: sequence`, left.sequence, right.sequence);
    const [theirTx, ourTx] = [left, right].map((state) => buildTx({ ...base, ...more }, [state]));
    if (theirTx === undefined || ourTx === undefined) continue;
    const [a, b] = [await broadcast(simd, theirTx), await broadcast(ours, ourTx)];
    same(`${name}: broadcast_tx_sync`, a.answer, b.answer);
    if (a.answer.code !== 0 || b.answer.code !== 0) continue;
    const [first, second] = [await included(simd, a.hash), await included(ours, b.hash)];
    same(`${name}: tx`, withoutBytes(first.result), withoutBytes(second.result));
    same(`${name}: block_results`, await blockResult(simd, first.height), await blockResult(ours, second.height));
  }
  for (const query of [`message.sender='${user.text}'`, `transfer.recipient='${to.text}'`, "message.action='x'"]) {
    const count = async (node: Node) =>
      z.looseObject({ total_count: z.string() }).parse(await rpc(node, 'tx_search', { query: `"${query}"` }))
        .total_count;
    same(`tx_search ${query}`, await count(simd), await count(ours));
  }
  const request = bankQuery.QueryBalanceRequest.encode({ address: to.text, denom }).finish();
  const path = '/cosmos.bank.v1beta1.Query/Balance';
  const asked = { path: `"${path}"`, data: `0x${Buffer.from(request).toString('hex')}` };
  const answer = z.object({ response: z.looseObject({ value: z.string().nullish(), code: z.number() }) });
  const value = async (node: Node) => {
    const { response } = answer.parse(await rpc(node, 'abci_query', asked));
    return [response.code, response.value];
  };
  same('abci_query of a balance', await value(simd), await value(ours));
  same('a balance over gRPC', await grpc(simd, path, request), await grpc(ours, path, request));
  const none = new Uint8Array();
  for (const bad of [path, '/cosmos.auth.v1beta1.Query/Account', '/cosmos.tx.v1beta1.Service/GetTx', '/x.Y/Z']) {
    // The texts differ where Go's gRPC server refuses; the status is what clients act upon.
    const status = (node: Node) =>
      grpc(node, bad, none).then(String, (error: unknown) => /\d+/.exec(String(error))?.[0]);
    same(`nothing asked of ${bad}`, await status(simd), await status(ours));
  }
  const events = txService.GetTxsEventRequest.fromPartial({ query: `message.sender='${user.text}'`, limit: 2n });
  const search = async (node: Node) => {
    const bytes = await grpc(
      node,
      '/cosmos.tx.v1beta1.Service/GetTxsEvent',
      txService.GetTxsEventRequest.encode(events).finish(),
    );
    const { total, txResponses } = txService.GetTxsEventResponse.decode(bytes);
    return { total, codes: txResponses.map(({ code, codespace, rawLog }) => [code, codespace, rawLog]) };
  };
  same('txs by event over gRPC', await search(simd), await search(ours));
  for (const url of [
    `/cosmos/bank/v1beta1/balances/${to.text}`,
    `/cosmos/bank/v1beta1/balances/${to.text}/by_denom?denom=${denom}`,
    '/cosmos/bank/v1beta1/balances/bob',
    `/cosmos/auth/v1beta1/accounts/${keyOf('never').text}`,
    '/cosmos/tx/v1beta1/txs/00',
    '/cosmos/nothing',
  ]) {
    const ask = async (node: Node) => {
      const response = await fetch(`http://127.0.0.1:${node.rest}${url}`);
      return [response.status, await response.json()];
    };
    same(`REST ${url}`, await ask(simd), await ask(ours));
  }
}

/** Signatures are the same only where account numbers are; gas has simd's circuit breaker in it, which we do not have. */
function withoutBytes(result: z.infer<typeof resultShape>) {
  const events = result.events.filter((event) => !JSON.stringify(event).includes('"signature"'));
  const log = plain(result.log);
  return { ...result, log, events };
}

/** Without what is free: heights and account numbers of this run, where gas ran out, how Go's decoder names broken bytes. */
function plain(log: string): string {
  return log
    .replace(/account number \(\d+\)/, 'account number')
    .replace(/^block height: \d+/, 'block height')
    .replace(/^out of gas in location: .*: out of gas$/, 'out of gas')
    .replace(/^.*: tx parse error$/, 'tx parse error');
}

async function broadcast(node: Node, tx: Uint8Array) {
  const shape = z.object({
    code: z.number(),
    data: z.string(),
    log: z.string(),
    codespace: z.string(),
    hash: z.string(),
  });
  const { hash, ...answer } = shape.parse(
    await rpc(node, 'broadcast_tx_sync', { tx: `0x${Buffer.from(tx).toString('hex')}` }),
  );
  return { hash, answer: { ...answer, log: plain(answer.log) } };
}

async function included(node: Node, hash: string) {
  const shape = z.looseObject({ height: z.string(), tx_result: resultShape });
  return await eventually('the tx in a block', node.node, async () => {
    const found = await rpc(node, 'tx', { hash: `0x${hash}` }).catch(() => undefined);
    if (found === undefined) return undefined;
    const { height, tx_result: result } = shape.parse(found);
    return { height, result };
  });
}

async function blockResult(node: Node, height: string) {
  const shape = z.looseObject({ txs_results: z.array(resultShape) });
  const { txs_results: results } = shape.parse(await rpc(node, 'block_results', { height }));
  const last = results.at(-1);
  return last && withoutBytes(last);
}

async function rpc(node: Node, method: string, params: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${node.rpc}/${method}?${new URLSearchParams(params)}`);
  const { result, error } = z
    .looseObject({ result: z.unknown().optional(), error: z.unknown().optional() })
    .parse(await response.json());
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return result;
}

function grpc(node: Node, path: string, request: Uint8Array): Promise<Buffer> {
  const client = new Client(`127.0.0.1:${node.grpc}`, credentials.createInsecure());
  const bytes = (part: Buffer) => part;
  return new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(path, bytes, bytes, Buffer.from(request), (error, value) =>
      error === null ? resolve(value ?? Buffer.alloc(0)) : reject(new Error(`${error.code} ${error.details}`)),
    );
  }).finally(() => client.close());
}

async function startSimd(home: string): Promise<Node> {
  const binary = simdBinary();
  const [rpcPort = 0, p2p = 0, grpcPort = 0, rest = 0, pprof = 0] = await freePorts(5);
  const run = (...args: string[]) => execFileSync(binary, [...args, '--home', home], { stdio: 'pipe' });
  const ring = ['--keyring-backend', 'test'];
  run('init', 'rpc', '--chain-id', chainId);
  run('keys', 'import-hex', 'owner', Buffer.from(owner.privateKey).toString('hex'), ...ring);
  run('genesis', 'add-genesis-account', owner.text, `${funds}${denom}`);
  run('genesis', 'add-genesis-account', user.text, `${funds}${denom}`);
  run('genesis', 'gentx', 'owner', `500000000000${denom}`, '--chain-id', chainId, ...ring);
  run('genesis', 'collect-gentxs');
  const node = running(
    spawn(
      binary,
      [
        ...['start', '--home', home, '--minimum-gas-prices', `0${denom}`, '--log_level', 'error'],
        ...['--rpc.laddr', `tcp://127.0.0.1:${rpcPort}`, '--p2p.laddr', `tcp://127.0.0.1:${p2p}`],
        ...['--rpc.pprof_laddr', `127.0.0.1:${pprof}`, '--consensus.create_empty_blocks_interval', '1s'],
        ...['--grpc.enable', '--grpc.address', `127.0.0.1:${grpcPort}`, '--grpc-web.enable=false'],
        ...['--api.enable', '--api.address', `tcp://127.0.0.1:${rest}`],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    ),
  );
  started.push(node);
  return { rpc: rpcPort, grpc: grpcPort, rest, node };
}

async function startOurs(home: string): Promise<Node> {
  const [abci = 0, api = 0, rpcPort = 0, p2p = 0, grpcPort = 0, rest = 0] = await freePorts(6);
  const identity = await initHome({
    home,
    moniker: 'rpc',
    cometbft: await ensureCometbft(),
    seeds: testSeeds('rpc'),
    comet: {
      rpc: `127.0.0.1:${rpcPort}`,
      p2p: `127.0.0.1:${p2p}`,
      local: true,
      timeoutCommitMs: 500,
      logLevel: 'error',
    },
    config: {
      abci: `127.0.0.1:${abci}`,
      api: `127.0.0.1:${api}`,
      grpc: `127.0.0.1:${grpcPort}`,
      rest: `127.0.0.1:${rest}`,
      minimumGasPrices: '',
      invariantPeriod: 1,
      oracleIntervalMs: 1000,
      prices: [],
    },
  });
  const genesis = buildGenesis({
    chainId,
    prefix: 'cosmos',
    denom,
    accounts: [owner, user].map(({ text }) => ({ address: text, coins: coins(funds, denom) })),
    validators: [
      {
        moniker: 'rpc',
        account: owner.address,
        publicKey: identity.validatorPublicKey,
        tokens: 500_000_000_000n,
        vrfPublicKey: identity.vrfPublicKey,
      },
    ],
    modules: localnetAppState(denom),
  });
  writeGenesis(homePaths(home).genesis, genesis);
  const node = infinetd('start', '--comet', '--home', home);
  started.push(node);
  return { rpc: rpcPort, grpc: grpcPort, rest, node };
}
