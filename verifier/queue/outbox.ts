import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EncodeObject, OfflineSigner, Registry } from '@cosmjs/proto-signing';
import { SigningStargateClient } from '@cosmjs/stargate';
import type { CometClient } from '@cosmjs/tendermint-rpc';
import type { PoolClient } from 'pg';
import { tx as txTypes } from '../../sdk/codec/index.ts';
import { findInBlocks, TxPending, type TxReceipt, TxRefused } from '../../sdk/sender.ts';
import { lockOf, type VerifierStore } from './store.ts';

export interface OutboxParts {
  readonly store: VerifierStore;
  readonly comet: CometClient;
  readonly signer: OfflineSigner;
  readonly registry: Registry;
  /** Fee a unit of gas, in 10^-6 of `feeDenom`'s unit. */
  readonly gasPriceMicro: bigint;
  readonly feeDenom: string;
  readonly timeoutSeconds?: number;
  /** Told after each step that a crash could follow. */
  readonly at?: (step: string) => void;
}

/** One message that a worker owes. */
export interface Owed {
  /** Names it for people, and in the order of steps: `commit`, `reveal` ... */
  readonly action: string;
  readonly message: EncodeObject;
  readonly gasLimit: bigint;
  /** Asked when nothing else of this account is on its way any more: whether it is still owed then. */
  readonly isOwed: () => Promise<boolean>;
}

interface Row {
  readonly id: string;
  readonly sequence: string;
  readonly action: string;
  readonly tx: Buffer;
  readonly hash: string;
  readonly since: string;
}

const wrongSequence = 32;
/** Blocks that are searched for a tx whose sequence was used while nobody looked. */
const searchedBlocks = 200;

/**
 * Txs of a hot key that workers on several machines share, one at a time: who holds the account's lock first sees to what
 * an earlier holder signed and left behind, with the very bytes that were signed, so that it counts at most once.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #client: SigningStargateClient;
  readonly #chainId: string;
  readonly #lock: string;
  readonly address: string;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(parts: OutboxParts, client: SigningStargateClient, chainId: string, address: string) {
    this.#parts = parts;
    this.#client = client;
    this.#chainId = chainId;
    this.address = address;
    this.#lock = lockOf(parts.store.schema, `account ${address}`);
  }

  static async open(parts: OutboxParts): Promise<Outbox> {
    const client = SigningStargateClient.createWithSigner(parts.comet, parts.signer, { registry: parts.registry });
    const [account] = await parts.signer.getAccounts();
    if (account === undefined) throw new Error('the wallet holds no account');
    return new Outbox(parts, client, await client.getChainId(), account.address);
  }

  /**
   * Resolves when the tx is in a block, whatever its result code; with undefined if it was not owed any more.
   * Throws `TxRefused`, or `TxPending`: then whoever comes next sees to it.
   */
  send(owed: Owed): Promise<TxReceipt | undefined> {
    const result = this.#queue.then(() => this.#locked((client) => this.#sendNow(client, owed)));
    this.#queue = result.catch(() => {});
    return result;
  }

  async #locked<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#parts.store.pool.connect();
    let broken = true;
    const onError = () => {}; // The next query on it says what happened.
    client.on('error', onError);
    try {
      await client.query('SELECT pg_advisory_lock($1)', [this.#lock]);
      try {
        return await work(client);
      } finally {
        await client.query('SELECT pg_advisory_unlock($1)', [this.#lock]);
        broken = false;
      }
    } finally {
      client.off('error', onError);
      // A connection whose lock may still be held is closed: that frees it.
      client.release(broken);
    }
  }

  async #sendNow(client: PoolClient, { action, message, gasLimit, isOwed }: Owed): Promise<TxReceipt | undefined> {
    const { comet } = this.#parts;
    await this.#settle(client);
    for (let attempt = 1; ; attempt++) {
      // Another machine's node may have shown that worker a block that this node does not have yet.
      await this.#untilNodeHas(client);
      if (!(await isOwed())) return undefined;
      const fee = { amount: this.#fee(gasLimit), gas: gasLimit.toString() };
      const { accountNumber, sequence } = await this.#client.getSequence(this.address);
      const since = (await comet.status()).syncInfo.latestBlockHeight;
      const signing = { accountNumber, sequence, chainId: this.#chainId };
      const signed = await this.#client.sign(this.address, [message], fee, '', signing);
      const tx = txTypes.TxRaw.encode(signed).finish();
      const hash = createHash('sha256').update(tx).digest('hex').toUpperCase();
      this.#parts.at?.(`${action}:signed`);
      const { rows } = await client.query<Row>(
        `INSERT INTO outbox (sequence, action, tx, hash, since, state) VALUES ($1, $2, $3, $4, $5, 'pending') RETURNING *`,
        [sequence, action, tx, hash, since],
      );
      const [row] = rows;
      if (row === undefined) throw new Error('the database did not keep the tx');
      this.#parts.at?.(`${action}:kept`);
      try {
        return await this.#broadcast(client, row);
      } catch (error) {
        const isRace = error instanceof TxRefused && error.codespace === 'sdk' && error.code === wrongSequence;
        if (!isRace || attempt === 5) throw error;
        await sleep(200 * attempt);
      }
    }
  }

  /** Sees to the tx that an earlier holder of the lock left behind, if there is one. */
  async #settle(client: PoolClient): Promise<void> {
    const { rows } = await client.query<Row>(`SELECT * FROM outbox WHERE state = 'pending'`);
    const [row] = rows;
    if (row === undefined) return;
    const { sequence } = await this.#client.getSequence(this.address);
    if (sequence < Number(row.sequence)) {
      throw new TxPending(row.hash, 0);
    }
    if (sequence > Number(row.sequence)) return await this.#lookBack(client, row);
    try {
      await this.#broadcast(client, row);
    } catch (error) {
      if (!(error instanceof TxRefused)) throw error;
    }
  }

  /** The sequence was used meanwhile: by this tx, or by one that somebody else signed with this key. */
  async #lookBack(client: PoolClient, row: Row): Promise<void> {
    const since = Number(row.since);
    const receipt = await findInBlocks(this.#parts.comet, row.hash, since + 1, 0, since + searchedBlocks).catch(
      () => undefined,
    );
    if (receipt === undefined) await client.query(`UPDATE outbox SET state = 'passed' WHERE id = $1`, [row.id]);
    else await this.#included(client, row, receipt);
  }

  async #broadcast(client: PoolClient, row: Row): Promise<TxReceipt> {
    const { comet, timeoutSeconds = 60 } = this.#parts;
    const refused = await this.#push(row.tx);
    if (refused !== undefined) {
      const { codespace, code, log } = refused;
      await client.query(`UPDATE outbox SET state = 'refused', code = $2, log = $3 WHERE id = $1`, [
        row.id,
        code,
        `${codespace}: ${log}`,
      ]);
      throw new TxRefused(codespace, code, log);
    }
    this.#parts.at?.(`${row.action}:broadcast`);
    const receipt = await findInBlocks(comet, row.hash, Number(row.since) + 1, timeoutSeconds);
    this.#parts.at?.(`${row.action}:included`);
    await this.#included(client, row, receipt);
    this.#parts.at?.(`${row.action}:settled`);
    return receipt;
  }

  /** Gives bytes to the node; a refusal, or undefined where they are in its mempool. */
  async #push(tx: Uint8Array): Promise<{ codespace: string; code: number; log: string } | undefined> {
    try {
      const { code, codespace = '', log = '' } = await this.#parts.comet.broadcastTxSync({ tx });
      return code === 0 ? undefined : { code, codespace, log };
    } catch (error) {
      // CometBFT remembers what it was given before: in its mempool, or in a block by now.
      if (error instanceof Error && error.message.includes('tx already exists in cache')) return undefined;
      throw error;
    }
  }

  async #included(client: PoolClient, row: Row, { height, code, log }: TxReceipt): Promise<void> {
    await client.query(`UPDATE outbox SET state = 'included', height = $2, code = $3, log = $4 WHERE id = $1`, [
      row.id,
      height,
      code,
      log,
    ]);
  }

  async #untilNodeHas(client: PoolClient): Promise<void> {
    const { rows } = await client.query<{ height: string | null }>('SELECT max(height) AS height FROM outbox');
    const height = Number(rows[0]?.height ?? 0);
    for (let waited = 0; ; waited += 100) {
      const { lastBlockHeight = 0 } = await this.#parts.comet.abciInfo();
      if (lastBlockHeight >= height) return;
      if (waited > 10_000) throw new Error(`the node is at block ${lastBlockHeight}, behind ${height}: is it syncing?`);
      await sleep(100);
    }
  }

  #fee(gasLimit: bigint): { denom: string; amount: string }[] {
    const amount = (gasLimit * this.#parts.gasPriceMicro + 999_999n) / 1_000_000n;
    return amount === 0n ? [] : [{ denom: this.#parts.feeDenom, amount: amount.toString() }];
  }
}
