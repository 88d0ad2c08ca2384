import { toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { descriptorSet } from '../../../sdk/codec/descriptors.ts';
import { baseReflection, baseNode as types } from '../../../sdk/codec/index.ts';
import type { NodeMethod } from '../../api/backend.ts';
import { GrpcError } from '../../app/grpcStatus.ts';
import type { CometClient } from '../comet/client.ts';
import { implementations } from './interfaces.ts';
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
const reflection = '/cosmos.base.reflection.v1beta1.ReflectionService/';

/** `cosmos.base.node.v1beta1.Service` and the SDK's own reflection services. */
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
    {
      path: '/cosmos.reflection.v1.ReflectionService/FileDescriptors',
      // The answer's only field is that of a FileDescriptorSet.
      answer: async () => toBinary(FileDescriptorSetSchema, descriptorSet),
    },
    method(
      `${reflection}ListAllInterfaces`,
      baseReflection.ListAllInterfacesRequest,
      baseReflection.ListAllInterfacesResponse,
      () => ({ interfaceNames: [...implementations().keys()] }),
    ),
    method(
      `${reflection}ListImplementations`,
      baseReflection.ListImplementationsRequest,
      baseReflection.ListImplementationsResponse,
      ({ interfaceName }) => {
        if (interfaceName === '') throw new GrpcError('InvalidArgument', 'invalid interface name');
        return { implementationMessageNames: implementations().get(interfaceName) ?? [] };
      },
    ),
  ];
}
