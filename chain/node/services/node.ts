import { baseNode as types } from '../../../sdk/codec/index.ts';
import type { NodeMethod } from '../../api/backend.ts';
import type { CometClient } from '../comet/client.ts';
import { method } from './method.ts';
import { fetchBlock } from './tendermint.ts';

export interface NodeDeps {
  readonly comet: CometClient;
  readonly minimumGasPrices: string;
  readonly haltHeight: bigint;
  /** Height of the last committed block. */
  readonly height: () => bigint;
}

const service = '/cosmos.base.node.v1beta1.Service/';

/** `cosmos.base.node.v1beta1.Service`. */
export function nodeMethods({ comet, minimumGasPrices, haltHeight, height }: NodeDeps): NodeMethod[] {
  return [
    method(`${service}Config`, types.ConfigRequest, types.ConfigResponse, () => ({
      minimumGasPrice: minimumGasPrices,
      pruningKeepRecent: '0',
      pruningInterval: '0',
      haltHeight,
    })),
    method(`${service}Status`, types.StatusRequest, types.StatusResponse, async () => {
      const { header } = (await fetchBlock(comet, height())).block;
      return {
        earliestStoreHeight: 0n,
        height: header.height,
        timestamp: header.time,
        appHash: header.appHash,
        validatorHash: header.nextValidatorsHash,
      };
    }),
  ];
}
