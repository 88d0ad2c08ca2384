import { msgSend } from '../../../modules/bank/messages.ts';
import type { abci } from '../../../sdk/codec/index.ts';
import { type Actor, denom } from '../actors.ts';
import type { Place, Probe } from '../simulator.ts';
import { type Draft, draft } from '../view.ts';
import { Quota, trialTx } from './trial.ts';

/**
 * A tx that fails leaves fee and sequence, and no more: the block with it has the app hash of a block with another failing
 * tx of the same signer. Messages that would succeed get a companion that fails.
 */
export class FailureProbe implements Probe {
  /** Message types that were made to fail after they had done their work. */
  readonly undone = new Quota(2);
  /** Message types and codes of failures of their own. */
  readonly failed = new Quota(1);
  #drafts: Draft[] = [];

  draft: Probe['draft'] = (_place, one) => {
    this.#drafts.push(one);
  };

  proposal: Probe['proposal'] = (place, request) => {
    const drafts = this.#drafts;
    this.#drafts = [];
    for (const { signer, message } of drafts) {
      const { typeUrl } = message;
      const alone = execute(place, request, trialTx(place.view, signer, [message])).result;
      const succeeds = alone?.code === 0;
      const wanted = succeeds
        ? this.undone.take(typeUrl)
        : this.failed.take(`${typeUrl} ${alone?.codespace} ${alone?.code}`);
      if (!wanted) continue;
      const reference = execute(place, request, trialTx(place.view, signer, [tooMuch(signer)]));
      const messages = succeeds ? [message, tooMuch(signer)] : [message];
      const tried = execute(place, request, trialTx(place.view, signer, messages));
      // Checks that need no state refuse before the fee is taken.
      const unpaid = execute(place, request);
      const { result } = tried;
      if (result === undefined || result.code === 0) throw new Error(`${typeUrl}: was to fail`);
      if (result.data.length > 0) throw new Error(`${typeUrl}: a failed tx has data`);
      if (tried.appHash !== reference.appHash && tried.appHash !== unpaid.appHash) {
        throw new Error(`${typeUrl}: a tx that failed with "${result.log}" left something in the state`);
      }
      const types = (events: abci.Event[] = []) => events.map(({ type }) => type).join();
      const paid = tried.appHash !== unpaid.appHash;
      if (types(result.events) !== (paid ? types(reference.result?.events) : '')) {
        throw new Error(`${typeUrl}: a tx that failed with "${result.log}" left events: ${types(result.events)}`);
      }
    }
  };
}

/** More than anybody has: fails in the handler. */
function tooMuch(signer: Actor) {
  const amount = [{ denom, amount: (1n << 100n).toString() }];
  return draft(signer, msgSend, { fromAddress: signer.text, toAddress: signer.text, amount }).message;
}

/** The proposed block with other txs after its injected one, executed and not committed. */
function execute({ machine }: Place, request: abci.RequestFinalizeBlock, ...txs: Uint8Array[]) {
  const [injected] = request.txs;
  const carried = injected === undefined ? [] : [injected];
  const { appHash, txResults } = machine.app.finalizeBlock({ ...request, txs: [...carried, ...txs] });
  return { appHash: Buffer.from(appHash).toString('hex'), result: txResults[carried.length] };
}
