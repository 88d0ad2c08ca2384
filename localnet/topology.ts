/**
 * Who runs where on the local network: one description, from which `npm start` starts processes and from which
 * docker-compose.yml is generated.
 */

export interface ValidatorTopology {
  readonly index: number;
  /** `validator0` */
  readonly name: string;
  /** Name or address under which the others reach this validator's node. */
  readonly host: string;
  readonly ports: {
    readonly p2p: number;
    readonly rpc: number;
    readonly abci: number;
    readonly api: number;
    /** Only the node that serves clients listens on these two. */
    readonly grpc: number;
    readonly rest: number;
  };
  /** The first node serves clients: it keeps the tx index, the others go without (half of CometBFT's work). */
  readonly servesClients: boolean;
  readonly verifier: { readonly name: string; readonly host: string; readonly port: number };
}

export interface ServiceTopology {
  readonly host: string;
  readonly port: number;
}

export interface Topology {
  readonly chainId: string;
  readonly prefix: string;
  readonly denom: string;
  /** Address that everything listens on: loopback, or all interfaces inside containers. */
  readonly listen: string;
  readonly validators: readonly ValidatorTopology[];
  /** Price file, artifacts and faucet over HTTP. */
  readonly services: ServiceTopology;
  readonly indexer: ServiceTopology;
  readonly postgres: ServiceTopology;
  readonly artifacts: ServiceTopology;
  /** Where a running network takes orders from other terminals; only on this machine. */
  readonly control: ServiceTopology;
}

export interface TopologyOptions {
  /** 1 to 9. */
  readonly validators: number;
  /** Added to every port. */
  readonly portOffset: number;
  /** `loopback`: everything on 127.0.0.1. `containers`: each process has a host of its own name. */
  readonly placement: 'loopback' | 'containers';
}

/** First ports of each kind; validator i adds 10 x i. The first node has the ports that Cosmos clients expect. */
const firstPorts = {
  p2p: 26656,
  rpc: 26657,
  abci: 26658,
  api: 26659,
  verifier: 26660,
  grpc: 26661,
  rest: 26662,
} as const;
const servicePorts = { services: 26750, artifacts: 26751, postgres: 26752, indexer: 26753, control: 26754 } as const;

export function describeTopology(options: TopologyOptions): Topology {
  const { validators, portOffset, placement } = options;
  if (!Number.isInteger(validators) || validators < 1 || validators > 9) {
    throw new Error(`a local network has 1 to 9 validators, not ${validators}`);
  }
  if (!Number.isInteger(portOffset) || portOffset < -20_000 || portOffset > 38_000) {
    throw new Error(`the port offset must be a whole number from -20000 to 38000, not ${portOffset}`);
  }
  const host = (name: string) => (placement === 'loopback' ? '127.0.0.1' : name);
  const service = (name: keyof typeof servicePorts) => ({ host: host(name), port: servicePorts[name] + portOffset });
  return {
    chainId: 'infinet-local-1',
    prefix: 'infinet',
    denom: 'uinf',
    listen: placement === 'loopback' ? '127.0.0.1' : '0.0.0.0',
    validators: Array.from({ length: validators }, (_, index) => {
      const port = (kind: keyof typeof firstPorts) => firstPorts[kind] + 10 * index + portOffset;
      return {
        index,
        name: `validator${index}`,
        host: host(`validator${index}`),
        ports: {
          p2p: port('p2p'),
          rpc: port('rpc'),
          abci: port('abci'),
          api: port('api'),
          grpc: port('grpc'),
          rest: port('rest'),
        },
        servesClients: index === 0,
        verifier: { name: `verifier${index}`, host: host(`verifier${index}`), port: port('verifier') },
      };
    }),
    services: service('services'),
    indexer: service('indexer'),
    postgres: service('postgres'),
    artifacts: service('artifacts'),
    control: service('control'),
  };
}

/** The node that clients talk to. */
export function clientNode(topology: Topology): ValidatorTopology {
  const node = topology.validators.find((validator) => validator.servesClients);
  if (node === undefined) throw new Error('no validator serves clients');
  return node;
}

export function rpcUrl(validator: ValidatorTopology): string {
  return `http://${validator.host}:${validator.ports.rpc}`;
}

export function httpUrl(service: ServiceTopology, path = ''): string {
  return `http://${service.host}:${service.port}${path}`;
}

/** Every port that must be free on this machine, with what uses it. */
export function portsOf(topology: Topology): readonly { readonly port: number; readonly use: string }[] {
  return [
    ...topology.validators.flatMap(({ name, ports, verifier, servesClients }) => [
      { port: ports.p2p, use: `${name} p2p` },
      { port: ports.rpc, use: `${name} RPC` },
      { port: ports.abci, use: `${name} ABCI` },
      { port: ports.api, use: `${name} health and metrics` },
      { port: verifier.port, use: `${verifier.name} health and metrics` },
      ...(servesClients
        ? [
            { port: ports.grpc, use: `${name} gRPC` },
            { port: ports.rest, use: `${name} REST` },
          ]
        : []),
    ]),
    { port: topology.services.port, use: 'price file and faucet' },
    { port: topology.artifacts.port, use: 'artifacts' },
    { port: topology.postgres.port, use: 'Postgres' },
    { port: topology.indexer.port, use: 'indexer and GraphQL' },
    { port: topology.control.port, use: 'control of the network' },
  ];
}
