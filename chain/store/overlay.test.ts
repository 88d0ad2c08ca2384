import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StateBranch } from './kv.ts';
import { MemoryState } from './memory.ts';
import { CommitMultiStore } from './multistore.ts';
import { compareKeys, inRange } from './overlay.ts';

const key = fc
  .array(fc.constantFrom(0, 65, 66, 255), { minLength: 1, maxLength: 2 })
  .map((bytes) => String.fromCharCode(...bytes));
const writes = fc.array(fc.tuple(key, fc.option(fc.uint8Array({ maxLength: 3 }), { freq: 3 })), { maxLength: 20 });
/** Writes of the committed state, the block, the tx and the message; and whether tx and message are kept. */
const layers = fc.record({
  committed: writes,
  block: writes,
  tx: writes,
  message: writes,
  keepTx: fc.boolean(),
  keepMessage: fc.boolean(),
});
const range = fc.record({
  start: fc.option(key, { nil: undefined }),
  end: fc.option(key, { nil: undefined }),
  reverse: fc.boolean(),
});

type Writes = readonly (readonly [string, Uint8Array | null])[];

function put(state: StateBranch, changes: Writes): void {
  for (const [k, value] of changes) {
    if (value === null) state.store('bank').delete(k);
    else state.store('bank').set(k, value);
  }
}

function apply(model: Map<string, Uint8Array>, changes: Writes): Map<string, Uint8Array> {
  const next = new Map(model);
  for (const [k, value] of changes) {
    if (value === null) next.delete(k);
    else next.set(k, value);
  }
  return next;
}

function committedStore(changes: Writes): StateBranch {
  const store = CommitMultiStore.open(undefined, { meta: { chainId: 'c', bech32Prefix: 'p' }, stores: ['bank'] });
  put(store.working, changes);
  store.stage(1n);
  store.commit();
  return store.working;
}

function memoryState(changes: Writes): StateBranch {
  const state = new MemoryState();
  put(state, changes);
  return state;
}

describe.each([
  ['the committed store', committedStore],
  ['state in memory', memoryState],
])('branches over %s', (_, open) => {
  it('read as one sorted map, each layer over the one below, kept or dropped', () => {
    fc.assert(
      fc.property(layers, range, key, ({ committed, block, tx, message, keepTx, keepMessage }, asked, anyKey) => {
        const state = open(committed);
        const expectState = (branch: StateBranch, model: Map<string, Uint8Array>) => {
          const entries = [...model].filter(([k]) => inRange(k, asked)).sort(([a], [b]) => compareKeys(a, b));
          expect([...branch.store('bank').iterate(asked)]).toEqual(asked.reverse ? entries.reverse() : entries);
          expect(branch.store('bank').get(anyKey)).toEqual(model.get(anyKey));
          expect(branch.store('bank').has(anyKey)).toBe(model.has(anyKey));
        };
        put(state, block);
        let model = apply(apply(new Map(), committed), block);
        const txBranch = state.branch();
        put(txBranch, tx);
        const messageBranch = txBranch.branch();
        put(messageBranch, message);
        expectState(state, model);
        expectState(txBranch, apply(model, tx));
        expectState(messageBranch, apply(apply(model, tx), message));
        if (keepMessage) messageBranch.write();
        if (keepTx) txBranch.write();
        if (keepTx) model = apply(model, keepMessage ? [...tx, ...message] : tx);
        expectState(state, model);
      }),
    );
  });
});

it('iterates over writes made between iterations, few or many, as over one sorted map', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(400), { maxLength: 100 }), { maxLength: 6 }),
      fc.boolean(),
      (rounds, handOn) => {
        const state = new MemoryState();
        const branch = state.branch();
        const written = new Set<string>();
        for (const round of rounds) {
          for (const number of round) {
            const name = String(number);
            branch.store('bank').set(name, Buffer.from(name));
            written.add(name);
          }
          const keys = () => [...branch.store('bank').iterate({ end: '5' })].map(([k]) => k);
          const expected = [...written].filter((k) => k < '5').sort(compareKeys);
          expect(keys()).toEqual(expected);
          if (handOn) branch.write();
          expect(keys()).toEqual(expected);
        }
      },
    ),
  );
});
