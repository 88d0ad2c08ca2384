import type { abci } from '../../sdk/codec/index.ts';
import type { AbciClient } from './abciClient.ts';
import type { Chain } from './chain.ts';

/** A chain in another process, driven over the ABCI socket. */
export class RemoteChain implements Chain {
  readonly #client: AbciClient;
  readonly #end: () => Promise<void>;

  /** @param end ends the process and takes away what it left */
  constructor(client: AbciClient, end: () => Promise<void>) {
    this.#client = client;
    this.#end = end;
  }

  async initChain(initChain: abci.RequestInitChain): Promise<abci.ResponseInitChain> {
    return required((await this.#client.call({ initChain })).initChain);
  }

  async checkTx(checkTx: abci.RequestCheckTx): Promise<abci.ResponseCheckTx> {
    return required((await this.#client.call({ checkTx })).checkTx);
  }

  async finalizeBlock(finalizeBlock: abci.RequestFinalizeBlock): Promise<abci.ResponseFinalizeBlock> {
    return required((await this.#client.call({ finalizeBlock })).finalizeBlock);
  }

  async commit(): Promise<void> {
    required((await this.#client.call({ commit: {} })).commit);
  }

  async query(query: abci.RequestQuery): Promise<abci.ResponseQuery> {
    return required((await this.#client.call({ query })).query);
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.#end();
  }
}

function required<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the chain answered something else than was asked');
  return part;
}
