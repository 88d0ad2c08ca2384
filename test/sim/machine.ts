import { App } from '../../chain/app/app.ts';
import { emptyExtensions } from '../../chain/app/extensionSource.ts';
import { type Logger, silentLogger } from '../../chain/logger.ts';
import { openStateMachine } from '../../chain/main.ts';
import type { ExtensionState, SimulatedWiring, StateMachine } from '../../chain/node/stateMachine.ts';
import type { Pruning } from '../../chain/store/pruning.ts';
import { addresses, chainId, governor } from './actors.ts';
import { settings } from './genesis.ts';

/** The wired state machine over a store in a folder, with what the simulator reads besides ABCI. */
export interface Machine {
  readonly app: App;
  readonly machine: StateMachine;
  /** What a validator reads to make its vote extension. */
  readonly extension: ExtensionState;
  close(): Promise<void>;
}

/** What one node may choose; no result may depend on it. */
export interface NodeChoice {
  readonly logger?: Logger;
  readonly pruning?: Pruning;
  /** Blocks between two snapshots for nodes that join; none if left out. */
  readonly snapshotInterval?: number;
}

/** The simulated chain's governance, and software that knows these upgrades. */
export function wiring(upgrades: readonly string[] = []): SimulatedWiring {
  return { authority: governor.address, upgrades };
}

export async function openMachine(
  folder: string,
  { logger = silentLogger, pruning, snapshotInterval }: NodeChoice = {},
  upgrades: readonly string[] = [],
): Promise<Machine> {
  const states: ExtensionState[] = [];
  const machine = await openStateMachine({
    chainId,
    bech32Prefix: addresses.prefix,
    stateFolder: folder,
    logger,
    settings,
    ...(pruning && { pruning }),
    ...(snapshotInterval && { snapshots: { interval: snapshotInterval, keepRecent: 2 } }),
    simulated: wiring(upgrades),
    extensions: (state) => {
      states.push(state);
      return emptyExtensions;
    },
  });
  const [extension] = states;
  if (!(machine.application instanceof App) || extension === undefined) throw new Error('the wiring has changed');
  return { app: machine.application, machine, extension, close: () => machine.close() };
}

/** The upgrade that a node without it stops for; undefined for any other error. */
export function neededUpgrade(error: unknown): string | undefined {
  return error instanceof Error ? /^UPGRADE "(.*)" NEEDED/.exec(error.message)?.[1] : undefined;
}
