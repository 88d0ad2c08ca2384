import { type abci, baseTendermintQuery, txService, tx as txTypes } from '../../sdk/codec/index.ts';
import { CodedError, fail, sdkErrors } from '../errors.ts';
import { type QueryRoute, query } from '../message.ts';
import { queryInvalid } from '../queryErrors.ts';
import { toAbciEvents } from './txEvents.ts';
import type { TxOutcome } from './txRunner.ts';

export interface ServiceDeps {
  readonly chainId: string;
  readonly version: string;
  /** Runs a tx as the mempool would see it, without its signatures and without a trace. */
  readonly simulate: (tx: Uint8Array) => TxOutcome;
}

/** The node's own gRPC methods. */
export function serviceQueries(deps: ServiceDeps): readonly QueryRoute[] {
  return [
    query(
      '/cosmos.tx.v1beta1.Service/Simulate',
      txService.SimulateRequest,
      txService.SimulateResponse,
      (_ctx, request) => {
        const bytes = simulatedBytes(request);
        if (bytes.length === 0) queryInvalid('empty txBytes is not allowed');
        const outcome = deps.simulate(bytes);
        if (outcome.code !== 0) {
          const detail = `rpc error: code = Unknown desc = ${outcome.log} with gas used: '${outcome.gasUsed}'`;
          throw new CodedError(sdkErrors.unknownRequest, detail);
        }
        return simulation(outcome);
      },
    ),
    query(
      '/cosmos.base.tendermint.v1beta1.Service/GetNodeInfo',
      baseTendermintQuery.GetNodeInfoRequest,
      baseTendermintQuery.GetNodeInfoResponse,
      () =>
        baseTendermintQuery.GetNodeInfoResponse.fromPartial({
          defaultNodeInfo: { network: deps.chainId },
          applicationVersion: { name: 'infinet', appName: 'infinetd', version: deps.version },
        }),
    ),
  ];
}

function simulatedBytes(request: txService.SimulateRequest): Uint8Array {
  return request.tx === undefined ? request.txBytes : txTypes.Tx.encode(request.tx).finish();
}

function simulation(outcome: TxOutcome): txService.SimulateResponse {
  const { gasWanted, gasUsed, data, log, events, msgResponses } = outcome;
  return {
    gasInfo: { gasWanted, gasUsed },
    result: { data, log, events: toAbciEvents(events, false), msgResponses: [...msgResponses] },
  };
}

/** JSON of a `cosmos.base.abci.v1beta1.SimulationResponse`, which `/app/simulate` answers. Throws the tx's own error. */
export function simulationJson(outcome: TxOutcome): Uint8Array {
  if (outcome.code !== 0) {
    fail({ codespace: outcome.codespace, code: outcome.code, text: `failed to simulate tx: ${outcome.log}` });
  }
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const events: abci.Event[] = toAbciEvents(outcome.events, false);
  const json = {
    gas_info: { gas_wanted: outcome.gasWanted.toString(), gas_used: outcome.gasUsed.toString() },
    result: { data: base64(outcome.data), log: outcome.log, events, msg_responses: [] },
  };
  return Buffer.from(JSON.stringify(json), 'utf8');
}
