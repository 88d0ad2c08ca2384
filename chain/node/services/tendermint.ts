import type { AddressCodec } from '../../../sdk/address.ts';
import { type abci, type baseQuery, baseTendermintQuery as types } from '../../../sdk/codec/index.ts';
import type { NodeMethod } from '../../api/backend.ts';
import { GrpcError } from '../../app/grpcStatus.ts';
import { blockShape } from '../comet/block.ts';
import type { CometClient } from '../comet/client.ts';
import { statusShape } from '../comet/shapes.ts';
import { validatorsShape } from '../comet/validators.ts';
import { method } from './method.ts';

export interface TendermintDeps {
  readonly comet: CometClient;
  readonly addresses: AddressCodec;
  readonly version: string;
  /** Height of the last committed block. */
  readonly height: () => bigint;
  readonly query: (request: abci.RequestQuery) => abci.ResponseQuery;
}

const service = '/cosmos.base.tendermint.v1beta1.Service/';

/** `cosmos.base.tendermint.v1beta1.Service`: what the node's CometBFT knows (SDK client/grpc/cmtservice). */
export function tendermintMethods(deps: TendermintDeps): NodeMethod[] {
  const { comet } = deps;
  return [
    method(`${service}GetNodeInfo`, types.GetNodeInfoRequest, types.GetNodeInfoResponse, () => nodeInfo(deps)),
    method(`${service}GetSyncing`, types.GetSyncingRequest, types.GetSyncingResponse, async () => {
      const { sync_info: sync } = statusShape.parse(await comet.call('status'));
      return { syncing: sync.catching_up };
    }),
    method(`${service}GetLatestBlock`, types.GetLatestBlockRequest, types.GetLatestBlockResponse, () =>
      blockResponse(deps, undefined),
    ),
    method(
      `${service}GetBlockByHeight`,
      types.GetBlockByHeightRequest,
      types.GetBlockByHeightResponse,
      ({ height }) => {
        requirePast(deps, height);
        return blockResponse(deps, height);
      },
    ),
    method(
      `${service}GetLatestValidatorSet`,
      types.GetLatestValidatorSetRequest,
      types.GetLatestValidatorSetResponse,
      ({ pagination }) => validatorSet(deps, undefined, pagination),
    ),
    method(
      `${service}GetValidatorSetByHeight`,
      types.GetValidatorSetByHeightRequest,
      types.GetValidatorSetByHeightResponse,
      ({ height, pagination }) => {
        requirePast(deps, height);
        return validatorSet(deps, height, pagination);
      },
    ),
    method(`${service}ABCIQuery`, types.ABCIQueryRequest, types.ABCIQueryResponse, (request) => {
      const [first = ''] = request.path.replace(/^\//, '').split('/');
      if (request.path === '' || first === '') throw new GrpcError('InvalidArgument', 'empty query path');
      if (!['store', 'app', 'p2p', 'custom'].includes(first)) {
        throw new GrpcError('InvalidArgument', `unsupported ABCI query path: ${request.path.slice(0, 200)}`);
      }
      const { code, log, info, index, key, value, proofOps, height, codespace } = deps.query(request);
      return types.ABCIQueryResponse.fromPartial({ code, log, info, index, key, value, proofOps, height, codespace });
    }),
  ];
}

async function nodeInfo({ comet, version }: TendermintDeps): Promise<types.GetNodeInfoResponse> {
  const { node_info: info } = statusShape.parse(await comet.call('status'));
  return types.GetNodeInfoResponse.fromPartial({
    defaultNodeInfo: {
      protocolVersion: info.protocol_version,
      defaultNodeId: info.id,
      listenAddr: info.listen_addr,
      network: info.network,
      version: info.version,
      channels: info.channels,
      moniker: info.moniker,
      other: { txIndex: info.other.tx_index, rpcAddress: info.other.rpc_address },
    },
    applicationVersion: { name: 'infinet', appName: 'infinetd', version, goVersion: `node ${process.version}` },
  });
}

function requirePast({ height }: TendermintDeps, asked: bigint): void {
  if (asked <= height()) return;
  throw new GrpcError('InvalidArgument', 'requested block height is bigger then the chain length');
}

/** A block of CometBFT, the last one without a height. Rejects with a `CometRpcError` if it does not have it. */
export async function fetchBlock(comet: CometClient, height: bigint | undefined) {
  const answer = await comet.call('block', height === undefined ? {} : { height: height.toString() });
  const { block_id: blockId, block } = blockShape.parse(answer);
  return {
    blockId,
    block: {
      header: block.header,
      data: { txs: block.data.txs ?? [] },
      evidence: { evidence: block.evidence.evidence ?? [] },
      lastCommit: block.last_commit,
    },
  };
}

async function blockResponse({ comet, addresses }: TendermintDeps, height: bigint | undefined) {
  const { blockId, block } = await fetchBlock(comet, height);
  const { header } = block;
  const proposerAddress = addresses.consensusText(header.proposerAddress);
  return { blockId, block, sdkBlock: { ...block, header: { ...header, proposerAddress } } };
}

async function validatorSet(
  { comet, addresses }: TendermintDeps,
  height: bigint | undefined,
  pagination: baseQuery.PageRequest | undefined,
) {
  const limit = pagination?.limit || 100n;
  const page = (pagination?.offset ?? 0n) / limit + 1n;
  const asked = { page: page.toString(), per_page: limit.toString() };
  const at = height?.toString();
  const answer = await comet.call('validators', at === undefined ? asked : { ...asked, height: at });
  const { block_height: blockHeight, validators, total } = validatorsShape.parse(answer);
  return {
    blockHeight,
    validators: validators.map((validator) => ({
      address: addresses.consensusText(validator.address),
      pubKey: validator.pub_key,
      votingPower: validator.voting_power,
      proposerPriority: validator.proposer_priority,
    })),
    pagination: { nextKey: new Uint8Array(), total },
  };
}
