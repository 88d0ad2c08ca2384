import { openSync, writeSync } from 'node:fs';
import { App } from '../../../chain/app/app.ts';
import { ChangeLog } from '../../../chain/store/changeLog.ts';
import { StateDatabase } from '../../../chain/store/database.ts';
import { CommitMultiStore } from '../../../chain/store/multistore.ts';
import { Snapshots } from '../../../chain/store/snapshots.ts';
import { type Phase, phases, phasesVariable } from './phases.ts';

/**
 * Loaded before infinetd into each of its threads (`--import`): everything that a crash could hit happens often, and a
 * file says what the process is in the middle of. The file lives on when the process is killed.
 */
const file = openSync(process.env[phasesVariable] ?? '', 'r+');

function mark(phase: Phase, on: boolean): void {
  writeSync(file, Buffer.of(on ? 1 : 0), 0, 1, phases.indexOf(phase));
}

/** The same method, with its time marked. */
function during<This, Args extends unknown[], Result>(
  phase: Phase,
  method: (this: This, ...args: Args) => Result,
): (this: This, ...args: Args) => Result {
  return function marked(this: This, ...args: Args) {
    mark(phase, true);
    let result: Result;
    try {
      result = method.apply(this, args);
    } catch (error) {
      mark(phase, false);
      throw error;
    }
    if (result instanceof Promise) void result.finally(() => mark(phase, false)).catch(() => {});
    else mark(phase, false);
    return result;
  };
}

const open = CommitMultiStore.open;
CommitMultiStore.open = (folder, options) =>
  open.call(CommitMultiStore, folder, {
    ...options,
    checkpointEvery: 2,
    logSegmentBytes: 1,
    pruning: { keepRecent: 6, interval: 2 },
    cache: { treeNodes: 100, readNodes: 100, valueBytes: 50_000 },
  });

App.prototype.finalizeBlock = during('block', App.prototype.finalizeBlock);
ChangeLog.prototype.append = during('append', ChangeLog.prototype.append);
ChangeLog.prototype.rotate = during('rotate', ChangeLog.prototype.rotate);
ChangeLog.prototype.forget = during('rotate', ChangeLog.prototype.forget);
Snapshots.prototype.take = during('snapshot', Snapshots.prototype.take);

// A checkpoint is one `write`, which is a transaction too; transactions outside of it are a prune's.
StateDatabase.prototype.write = during('checkpoint', StateDatabase.prototype.write);
const { transaction } = StateDatabase.prototype;
StateDatabase.prototype.transaction = function marked<T>(this: StateDatabase, work: () => T): T {
  mark('prune', true);
  try {
    return transaction.call<StateDatabase, [() => T], T>(this, work);
  } finally {
    mark('prune', false);
  }
};
