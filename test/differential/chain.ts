import type { abci } from '../../sdk/codec/index.ts';

/** A state machine as CometBFT sees it; both chains are driven through this, request by request. */
export interface Chain {
  initChain(request: abci.RequestInitChain): Promise<abci.ResponseInitChain>;
  checkTx(request: abci.RequestCheckTx): Promise<abci.ResponseCheckTx>;
  finalizeBlock(request: abci.RequestFinalizeBlock): Promise<abci.ResponseFinalizeBlock>;
  commit(): Promise<void>;
  query(request: abci.RequestQuery): Promise<abci.ResponseQuery>;
  close(): Promise<void>;
}
