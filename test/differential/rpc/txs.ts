import { z } from 'zod';
import { auth, authQuery } from '../../../sdk/codec/index.ts';
import { eventually } from '../../e2e/node.ts';
import { denom, keyOf } from '../keys.ts';
import { multiSend, part, send } from '../messages.ts';
import { buildTx, type TxSpec } from '../tx.ts';
import { funds, grpc, type Node, rpc, user } from './nodes.ts';

/** What a chain answered, under the name of what was asked; values are JSON. */
export type Answers = Map<string, unknown>;

export const to = keyOf('a1');

const resultShape = z.object({
  code: z.number(),
  data: z.string().nullish(),
  log: z.string(),
  codespace: z.string(),
  gas_wanted: z.string(),
  events: z.array(z.looseObject({ type: z.string() })),
});

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

/** Sends good and bad txs, and tells what `broadcast_tx_sync`, `tx` and `block_results` say of each. Returns the hash of the last. */
export async function sendAll(node: Node, answers: Answers): Promise<string> {
  let last = '';
  for (const [name, more] of Object.entries(specs)) {
    const state = await accountOf(node);
    answers.set(`${name}: sequence`, state.sequence.toString());
    const tx = buildTx({ signers: [user], messages: [send(user, to, `5${denom}`)], ...more }, [state]);
    const { answer, hash } = await broadcast(node, tx);
    answers.set(`${name}: broadcast_tx_sync`, answer);
    if (answer.code !== 0) continue;
    last = hash;
    const found = await included(node, hash);
    answers.set(`${name}: tx`, compared(found.result));
    answers.set(`${name}: block_results`, await blockResult(node, found.height));
  }
  return last;
}

async function accountOf(node: Node): Promise<auth.BaseAccount> {
  const request = authQuery.QueryAccountRequest.encode({ address: user.text }).finish();
  const { account } = authQuery.QueryAccountResponse.decode(
    await grpc(node, '/cosmos.auth.v1beta1.Query/Account', request),
  );
  return auth.BaseAccount.decode(account?.value ?? new Uint8Array());
}

/** Signatures are the same only where account numbers are; gas has simd's circuit breaker in it, which we do not have. */
function compared(result: z.infer<typeof resultShape>) {
  const events = result.events.filter((event) => !JSON.stringify(event).includes('"signature"'));
  return { ...result, log: plain(result.log), events };
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
  return last && compared(last);
}
