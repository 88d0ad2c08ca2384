import { createAddressCodec } from '../../sdk/address.ts';
import { createBackend } from '../api/backend.ts';
import { startGrpc } from '../api/grpc.ts';
import { startRest } from '../api/rest/rest.ts';
import type { Logger } from '../logger.ts';
import { cometRpcUrl } from './comet/address.ts';
import { cometClient } from './comet/client.ts';
import type { Config } from './config.ts';
import { reason } from './failure.ts';
import { bech32Prefix, type Genesis } from './genesis.ts';
import type { HomePaths } from './paths.ts';
import { listenError } from './ports.ts';
import { nodeMethods } from './services/node.ts';
import { reflectionMethods } from './services/reflection.ts';
import { tendermintMethods } from './services/tendermint.ts';
import { txMethods } from './services/tx.ts';
import type { StateMachine } from './stateMachine.ts';

export interface ClientApis {
  /** Where they listen, for the log; null is off. */
  readonly ports: { readonly grpc: number | null; readonly rest: number | null };
  close(): Promise<void>;
}

export interface ClientSetup {
  readonly paths: HomePaths;
  readonly config: Config;
  readonly genesis: Genesis;
  /** Software version. */
  readonly version: string;
}

/** Calls that may wait or run at once over gRPC and REST together. */
const maxCalls = 1000;

/** Starts what clients ask the node over: gRPC and REST, each as the configuration says. */
export async function listenClients(
  { paths, config, genesis, version }: ClientSetup,
  machine: StateMachine,
  healthy: () => boolean,
  logger: Logger,
): Promise<ClientApis> {
  const comet = cometClient(cometRpcUrl(paths.cometConfig));
  const addresses = createAddressCodec(bech32Prefix(genesis));
  const height = () => machine.height;
  const { queries: state } = machine;
  const methods = [
    ...tendermintMethods({ comet, addresses, version, height, query: (request) => state.query(request) }),
    ...txMethods({ comet, height }),
    ...nodeMethods({
      comet,
      minimumGasPrices: config.minimum_gas_prices,
      haltHeight: BigInt(config.halt_height),
      height,
    }),
  ];
  const reflection = reflectionMethods({
    bech32Prefix: addresses.prefix,
    messages: state.messageTypes,
    paths: [...new Set([...state.queryPaths, ...methods.map(({ path }) => path)])].sort(),
  });
  const backend = createBackend({
    state,
    methods: [...methods, ...reflection],
    height,
    limit: maxCalls,
    onBug: (path, error) => logger.error({ path, error: reason(error) }, 'a query failed in a way that it must not'),
  });
  const opened: { close(): Promise<void> }[] = [];
  const listen = async <T extends { readonly port: number; close(): Promise<void> }>(
    kind: 'grpc' | 'rest',
    start: (address: Config['api']['address']) => Promise<T>,
  ): Promise<number | null> => {
    if (!config[kind].enabled) return null;
    const { address } = config[kind];
    try {
      const api = await start(address);
      opened.push(api);
      return api.port;
    } catch (error) {
      throw listenError(error, address, { key: `${kind}.address`, file: paths.config });
    }
  };
  const close = async () => {
    for (const api of opened) await api.close();
  };
  try {
    const grpc = await listen('grpc', (address) => startGrpc({ ...address, backend, healthy }));
    const rest = await listen('rest', (address) =>
      startRest({ ...address, backend, corsOrigins: config.rest.cors_origins }),
    );
    return { ports: { grpc, rest }, close };
  } catch (error) {
    await close();
    throw error;
  }
}
