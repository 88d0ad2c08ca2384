import { App } from '../../chain/app/app.ts';
import { emptyExtensions } from '../../chain/app/extensionSource.ts';
import { type Logger, silentLogger } from '../../chain/logger.ts';
import { openStateMachine } from '../../chain/main.ts';
import type { ExtensionState, StateMachine } from '../../chain/node/stateMachine.ts';
import { addresses, chainId } from './actors.ts';
import { settings } from './genesis.ts';

/** The wired state machine over a store in a folder, with what the simulator reads besides ABCI. */
export interface Machine {
  readonly app: App;
  readonly machine: StateMachine;
  /** What a validator reads to make its vote extension. */
  readonly extension: ExtensionState;
  close(): Promise<void>;
}

export async function openMachine(folder: string, logger: Logger = silentLogger): Promise<Machine> {
  const states: ExtensionState[] = [];
  const machine = await openStateMachine({
    chainId,
    bech32Prefix: addresses.prefix,
    stateFolder: folder,
    logger,
    settings,
    extensions: (state) => {
      states.push(state);
      return emptyExtensions;
    },
  });
  const [extension] = states;
  if (!(machine.application instanceof App) || extension === undefined) throw new Error('the wiring has changed');
  return { app: machine.application, machine, extension, close: () => machine.close() };
}
