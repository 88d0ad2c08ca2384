import { fromBinary, fromJson, type JsonValue, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { descriptorSet, descriptors } from '../../../sdk/codec/descriptors.ts';
import { baseReflection } from '../../../sdk/codec/index.ts';
import type { NodeMethod } from '../../api/backend.ts';
import { GrpcError } from '../../app/grpcStatus.ts';
import { autocliOptions } from './autocli.ts';
import { implementations, messageInterface } from './interfaces.ts';
import { method } from './method.ts';

export interface ReflectionDeps {
  readonly bech32Prefix: string;
  /** Type URLs of the messages that txs may carry. */
  readonly messages: readonly string[];
  /** Paths of all other methods that the node answers. */
  readonly paths: readonly string[];
}

const first = '/cosmos.base.reflection.v1beta1.ReflectionService/';
const firstNames = ['ListAllInterfaces', 'ListImplementations'] as const;
const second = 'cosmos.base.reflection.v2alpha1';
const autocli = 'cosmos.autocli.v1.Query/';
const fileDescriptors = '/cosmos.reflection.v1.ReflectionService/FileDescriptors';

/** What simd says of its sign modes, whether or not an account's keys can use them. */
const signModes = {
  SIGN_MODE_DIRECT: 1,
  SIGN_MODE_TEXTUAL: 2,
  SIGN_MODE_DIRECT_AUX: 3,
  SIGN_MODE_LEGACY_AMINO_JSON: 127,
};

/** The SDK's own reflection services: what a client that knows no chain asks, beside gRPC's reflection. */
export function reflectionMethods({ bech32Prefix, messages, paths }: ReflectionDeps): NodeMethod[] {
  const table = implementations(messages);
  const listed = [...paths, ...firstNames.map((name) => `${first}${name}`), fileDescriptors, `/${autocli}AppOptions`];
  const services = Map.groupBy(listed, (path) => path.slice(1, path.lastIndexOf('/')));
  const described: Readonly<Record<string, JsonValue>> = {
    Authn: { authn: { signModes: Object.entries(signModes).map(([name, number]) => ({ name, number })) } },
    // The SDK leaves the chain id out here; clients that look for it find an empty one.
    Chain: { chain: {} },
    Codec: {
      codec: {
        interfaces: [...table].map(([fullname, types]) => ({
          fullname,
          interfaceImplementers: types.map((typeUrl) => ({ fullname: typeUrl.slice(1), typeUrl })),
        })),
      },
    },
    Configuration: { config: { bech32AccountAddressPrefix: bech32Prefix } },
    QueryServices: {
      queries: {
        queryServices: [...services].map(([fullname, methods]) => ({
          fullname,
          methods: methods.map((path) => ({ name: path.slice(path.lastIndexOf('/') + 1), fullQueryPath: path })),
        })),
      },
    },
    Tx: {
      tx: {
        fullname: 'cosmos.tx.v1beta1.Tx',
        msgs: (table.get(messageInterface) ?? []).map((msgTypeUrl) => ({ msgTypeUrl })),
      },
    },
  };
  return [
    method(
      `${first}ListAllInterfaces`,
      baseReflection.ListAllInterfacesRequest,
      baseReflection.ListAllInterfacesResponse,
      () => ({ interfaceNames: [...table.keys()] }),
    ),
    method(
      `${first}ListImplementations`,
      baseReflection.ListImplementationsRequest,
      baseReflection.ListImplementationsResponse,
      ({ interfaceName }) => {
        if (interfaceName === '') throw new GrpcError('InvalidArgument', 'invalid interface name');
        return { implementationMessageNames: [...(table.get(interfaceName) ?? [])] };
      },
    ),
    ...Object.entries(described).map(([name, json]) =>
      constant(`${second}.ReflectionService/Get${name}Descriptor`, `${second}.Get${name}Descriptor`, json),
    ),
    constant(`${autocli}AppOptions`, 'cosmos.autocli.v1.AppOptions', {
      moduleOptions: autocliOptions(paths, messages),
    }),
    {
      path: fileDescriptors,
      // The answer's only field is that of a FileDescriptorSet.
      answer: async () => toBinary(FileDescriptorSetSchema, descriptorSet),
    },
  ];
}

/** A method whose answer never changes while the node runs; `type` and `Request` or `Response` name its messages. */
function constant(path: string, type: string, json: JsonValue): NodeMethod {
  const [request, response] = [`${type}Request`, `${type}Response`].map((name) => {
    const found = descriptors.getMessage(name);
    if (found === undefined) throw new Error(`the descriptors have no ${name}`);
    return found;
  });
  if (request === undefined || response === undefined) throw new Error(`the descriptors have no ${type}`);
  const bytes = toBinary(response, fromJson(response, json));
  return {
    path: `/${path}`,
    answer: async (asked) => {
      try {
        fromBinary(request, asked);
      } catch (error) {
        throw new GrpcError('InvalidArgument', error instanceof Error ? error.message : String(error));
      }
      return bytes;
    },
  };
}
