import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Sender, senders, sendTx } from './txs.ts';

const statusShape = z.object({ result: z.object({ sync_info: z.object({ latest_block_height: z.coerce.number() }) }) });
const blockShape = z.object({
  result: z.object({
    block_id: z.object({ hash: z.string() }),
    block: z.object({ data: z.object({ txs: z.array(z.string()) }) }),
  }),
});
const resultsShape = z.object({
  result: z.object({
    app_hash: z.string(),
    txs_results: z.array(z.object({ code: z.number(), gas_used: z.string() })).nullable(),
  }),
});
const accountShape = z.object({ account: z.object({ sequence: z.coerce.bigint() }) });
const broadcastShape = z.object({ result: z.object({ code: z.number() }) });

async function ask(url: string): Promise<unknown> {
  return await (await fetch(url, { signal: AbortSignal.timeout(5000) })).json();
}

/** A committed block as one node tells it. */
export interface SeenBlock {
  readonly hash: string;
  /** After the block. */
  readonly appHash: string;
  /** SHA-256 of each tx, its code and its gas. */
  readonly txs: readonly string[];
}

/** The last height of a node, undefined while it does not answer. */
export async function lastHeight(rpc: string): Promise<number | undefined> {
  try {
    return statusShape.parse(await ask(`http://${rpc}/status`)).result.sync_info.latest_block_height;
  } catch {
    return undefined;
  }
}

/** Undefined while the node does not have the block's results. */
export async function readBlock(rpc: string, height: number): Promise<SeenBlock | undefined> {
  const [block, results] = await Promise.all([
    ask(`http://${rpc}/block?height=${height}`),
    ask(`http://${rpc}/block_results?height=${height}`),
  ]);
  const found = blockShape.safeParse(block);
  const after = resultsShape.safeParse(results);
  if (!found.success || !after.success) return undefined;
  const { app_hash: appHash, txs_results } = after.data.result;
  const { block_id, block: content } = found.data.result;
  const txs = content.data.txs.map((tx, index) => {
    const result = txs_results?.[index];
    const hash = createHash('sha256').update(Buffer.from(tx, 'base64')).digest('hex');
    return `${hash} ${result?.code} ${result?.gas_used}`;
  });
  return { hash: block_id.hash, appHash, txs };
}

/** How many txs of the account are in the node's committed state. */
export async function sequenceOf(rest: string, sender: Sender): Promise<bigint> {
  return accountShape.parse(await ask(`http://${rest}/cosmos/auth/v1beta1/accounts/${sender.text}`)).account.sequence;
}

/** Sends from all accounts, one tx after another each, until stopped or the node is gone. */
export async function sendUntil(rpc: string, rest: string, stop: AbortSignal): Promise<void> {
  await Promise.all(
    senders.map(async (sender) => {
      try {
        let sequence = await sequenceOf(rest, sender);
        while (!stop.aborted) {
          const tx = Buffer.from(sendTx(sender, sequence)).toString('hex');
          const answer = broadcastShape.parse(await ask(`http://${rpc}/broadcast_tx_sync?tx=0x${tx}`));
          if (answer.result.code === 0) sequence += 1n;
          else sequence = await sequenceOf(rest, sender);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      } catch {
        // The node was killed meanwhile.
      }
    }),
  );
}
