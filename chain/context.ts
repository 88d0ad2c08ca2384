import { EventLog } from './events.ts';
import { GasMeter } from './gas.ts';
import { GasStore } from './store/gaskv.ts';
import type { KVStore, StateBranch } from './store/kv.ts';

/** What the block says about itself; the same on every node. */
export interface BlockInfo {
  readonly chainId: string;
  readonly height: bigint;
  /** Block time, nanoseconds since the Unix epoch (BFT time, from the request, never from a clock). */
  readonly time: bigint;
  /** Consensus address of the proposer, 20 bytes; empty in queries and at genesis. */
  readonly proposer: Uint8Array;
}

/** What a handler, hook or query works on: the block, a branch of the state, gas and events. */
export class Context {
  readonly block: BlockInfo;
  readonly gas: GasMeter;
  readonly log: EventLog;
  readonly state: StateBranch;

  constructor(block: BlockInfo, state: StateBranch, gas = new GasMeter(), log = new EventLog()) {
    this.block = block;
    this.state = state;
    this.gas = gas;
    this.log = log;
  }

  /** The module's store, each access charged to `gas`. */
  kv(name: string): KVStore {
    return new GasStore(this.state.store(name), this.gas);
  }

  /** Runs `work` on a branch: its writes and events are kept only if it returns; gas is spent either way. */
  isolated<T>(work: (ctx: Context) => T): T {
    const branch = this.state.branch();
    const log = new EventLog();
    const result = work(new Context(this.block, branch, this.gas, log));
    branch.write();
    for (const event of log.events) this.log.emit(event);
    return result;
  }

  /** The same state and events without a gas limit, for work that the block owes and no tx pays for. */
  unmetered(): Context {
    return new Context(this.block, this.state, new GasMeter(), this.log);
  }
}
