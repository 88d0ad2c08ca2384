import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { keyOf, makeTx } from '../../chain/app/testing/txs.ts';
import { createAddressCodec } from '../../sdk/address.ts';

export const accounts = 2_000;
export const rounds = 6;
export const chainId = 'bench-1';
const connections = 4;
/** Requests under way on one connection. */
const window = 64;

const keys = Array.from({ length: accounts }, (_, index) => keyOf(`bench ${index}`));

/** Raw addresses of the accounts that send, in the order of their account numbers. */
export const senders: readonly Uint8Array[] = keys.map(({ address }) => address);

/** Txs in base64, by round: each account sends one unit to another, with a fee. */
export function makeTxs(prefix: string, denom: string, count: number): string[][] {
  const addresses = createAddressCodec(prefix);
  return Array.from({ length: count }, (_, round) =>
    keys.map((key, index) => {
      const recipient = senders[(index * 7 + round + 1) % accounts] ?? key.address;
      const raw = makeTx({
        signer: { ...key, text: addresses.accountText(key.address) },
        to: addresses.accountText(recipient),
        denom,
        amount: '1',
        fee: [{ denom, amount: '1' }],
        sequence: BigInt(round),
        accountNumber: BigInt(index),
        chainId,
      });
      return Buffer.from(raw).toString('base64');
    }),
  );
}

const answerShape = z.object({
  result: z.object({ code: z.number(), log: z.string() }).optional(),
  error: z.unknown().optional(),
});

/** Sends over several websockets, each account always over the same one, so that its txs stay in order. */
export async function sendAll(rpc: string, txs: readonly (readonly string[])[]): Promise<void> {
  await Promise.all(
    Array.from({ length: connections }, async (_, lane) => {
      const socket = new WebSocket(`ws://${rpc}/websocket`);
      await new Promise((resolve, reject) => {
        socket.addEventListener('open', resolve);
        socket.addEventListener('error', () => reject(new Error(`no websocket at ${rpc}`)));
      });
      const queue = txs.flatMap((round) => round.filter((_tx, index) => index % connections === lane));
      await pump(socket, queue);
      socket.close();
    }),
  );
}

function pump(socket: WebSocket, queue: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    const fill = () => {
      for (; sent < queue.length && sent - answered < window; sent++) {
        socket.send(
          JSON.stringify({ jsonrpc: '2.0', id: sent, method: 'broadcast_tx_sync', params: { tx: queue[sent] } }),
        );
      }
    };
    socket.addEventListener('close', () => reject(new Error('the websocket closed')));
    socket.addEventListener('message', ({ data }) => {
      const { result, error } = answerShape.parse(JSON.parse(String(data)));
      if (error !== undefined || result?.code !== 0) reject(new Error(`refused: ${String(data).slice(0, 500)}`));
      answered++;
      if (answered === queue.length) resolve();
      else fill();
    });
    fill();
  });
}

const metasShape = z.object({
  result: z.object({
    last_height: z.coerce.number(),
    block_metas: z.array(z.object({ header: z.object({ height: z.coerce.number() }), num_txs: z.coerce.number() })),
  }),
});

/** Resolves when so many txs stand in blocks above `height`; counts `extra` more in each block. Throws after two minutes. */
export async function untilCommitted(rpc: string, after: number, count: number, extra: number): Promise<number> {
  let seen = 0;
  let height = after;
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(50)) {
    const top = Math.min((await metas(rpc, 0, 0)).result.last_height, height + 20);
    if (top <= height) continue;
    for (const { num_txs } of (await metas(rpc, height + 1, top)).result.block_metas)
      seen += Math.max(0, num_txs - extra);
    height = top;
    if (seen >= count) return height;
  }
  throw new Error(`only ${seen} of ${count} txs were committed`);
}

export async function lastHeight(rpc: string): Promise<number> {
  return (await metas(rpc, 0, 0)).result.last_height;
}

async function metas(rpc: string, from: number, to: number) {
  const range = to === 0 ? '' : `?minHeight=${from}&maxHeight=${to}`;
  return metasShape.parse(await (await fetch(`http://${rpc}/blockchain${range}`)).json());
}

const resultsShape = z.object({
  result: z.object({ txs_results: z.array(z.object({ code: z.number() })).nullable() }),
});

/** How many txs of these blocks failed. */
export async function failedTxs(rpc: string, from: number, to: number): Promise<number> {
  let failed = 0;
  for (let height = from; height <= to; height++) {
    const response = await fetch(`http://${rpc}/block_results?height=${height}`);
    const { txs_results } = resultsShape.parse(await response.json()).result;
    failed += (txs_results ?? []).filter(({ code }) => code !== 0).length;
  }
  return failed;
}
