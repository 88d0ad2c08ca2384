import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EncodeObject, OfflineSigner, Registry } from '@cosmjs/proto-signing';
import { SigningStargateClient } from '@cosmjs/stargate';
import type { CometClient } from '@cosmjs/tendermint-rpc';
import { tx as txTypes } from './codec/index.ts';

/** What became of a tx that is in a block. */
export interface TxReceipt {
  /** Upper-case hex of SHA-256 over the tx bytes. */
  readonly hash: string;
  readonly height: number;
  /** 0 when it succeeded, else the code within `codespace`. */
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly gasUsed: bigint;
}

/** A tx that was not let into the mempool: it changed nothing and paid nothing. */
export class TxRefused extends Error {
  readonly codespace: string;
  readonly code: number;

  constructor(codespace: string, code: number, log: string) {
    super(`refused with ${codespace} ${code}: ${log}`);
    this.name = 'TxRefused';
    this.codespace = codespace;
    this.code = code;
  }
}

/** A tx that did not get into a block in time; it may still do so. */
export class TxPending extends Error {
  readonly hash: string;

  constructor(hash: string, seconds: number) {
    super(`tx ${hash} is in no block after ${seconds} s`);
    this.name = 'TxPending';
    this.hash = hash;
  }
}

/** Signs and sends for one account, one tx after another, so that concurrent callers never share a sequence. */
export interface TxSender {
  readonly address: string;
  /**
   * Resolves when the tx is in a block, whatever its result code. Works on a node without tx index: it reads the blocks.
   * Throws `TxRefused` or `TxPending`.
   */
  send(messages: readonly EncodeObject[], gasLimit: bigint): Promise<TxReceipt>;
}

export interface SenderOptions {
  readonly comet: CometClient;
  readonly signer: OfflineSigner;
  readonly registry: Registry;
  /** Fee a unit of gas, in 10^-6 of `feeDenom`'s unit. */
  readonly gasPriceMicro: bigint;
  readonly feeDenom: string;
  readonly timeoutSeconds?: number;
}

const wrongSequence = 32;

export async function createSender(options: SenderOptions): Promise<TxSender> {
  const { comet, signer, registry, feeDenom } = options;
  const client = SigningStargateClient.createWithSigner(comet, signer, { registry });
  const [account] = await signer.getAccounts();
  if (account === undefined) throw new Error('the wallet holds no account');
  const address = account.address;
  const chainId = await client.getChainId();
  let next: { accountNumber: bigint; sequence: number } | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  async function sendNow(messages: readonly EncodeObject[], gasLimit: bigint): Promise<TxReceipt> {
    const fee = { amount: feeFor(gasLimit), gas: gasLimit.toString() };
    for (let attempt = 1; ; attempt++) {
      next ??= await client.getSequence(address);
      const since = (await comet.status()).syncInfo.latestBlockHeight;
      const signed = await client.sign(address, messages, fee, '', { ...next, chainId });
      const bytes = txTypes.TxRaw.encode(signed).finish();
      const hash = createHash('sha256').update(bytes).digest('hex').toUpperCase();
      const answer = await comet.broadcastTxSync({ tx: bytes });
      if (answer.code === 0) {
        next = { ...next, sequence: next.sequence + 1 };
        return await findInBlocks(comet, hash, since + 1, options.timeoutSeconds ?? 60);
      }
      next = undefined;
      const codespace = answer.codespace ?? '';
      if (codespace !== 'sdk' || answer.code !== wrongSequence || attempt === 5) {
        throw new TxRefused(codespace, answer.code, answer.log ?? '');
      }
      await sleep(200 * attempt);
    }
  }

  function feeFor(gasLimit: bigint): { denom: string; amount: string }[] {
    const amount = (gasLimit * options.gasPriceMicro + 999_999n) / 1_000_000n;
    return amount === 0n ? [] : [{ denom: feeDenom, amount: amount.toString() }];
  }

  return {
    address,
    send: (messages, gasLimit) => {
      const result = queue.then(() => sendNow(messages, gasLimit));
      queue = result.catch((error) => {
        if (error instanceof TxPending) next = undefined;
      });
      return result;
    },
  };
}

/**
 * The receipt of a tx by its hash, from the blocks `from` to `to` (without `to`: those to come, too, for so many seconds).
 * @throws TxPending when it is in none of them
 */
export async function findInBlocks(
  comet: CometClient,
  hash: string,
  from: number,
  seconds: number,
  to = Number.MAX_SAFE_INTEGER,
): Promise<TxReceipt> {
  let height = from;
  for (const deadline = Date.now() + seconds * 1000; ; ) {
    // A node stores a block before it executes it: the application's height says whose results are there.
    const { lastBlockHeight = 0 } = await comet.abciInfo();
    for (; height <= Math.min(lastBlockHeight, to); height++) {
      const { block } = await comet.block(height);
      const index = block.txs.findIndex(
        (bytes) => createHash('sha256').update(bytes).digest('hex').toUpperCase() === hash,
      );
      if (index < 0) continue;
      const result = (await comet.blockResults(height)).results[index];
      if (result === undefined) throw new Error(`block ${height} has no result for its tx ${index}`);
      const { code, codespace = '', log = '', gasUsed } = result;
      return { hash, height, code, codespace, log, gasUsed: BigInt(gasUsed) };
    }
    if (Date.now() >= deadline) throw new TxPending(hash, seconds);
    await sleep(150);
  }
}
