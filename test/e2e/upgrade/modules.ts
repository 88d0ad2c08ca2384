import { Item, Table } from '../../../chain/collections/collections.ts';
import { textKey } from '../../../chain/collections/keys.ts';
import { textValue } from '../../../chain/collections/values.ts';
import type { Context } from '../../../chain/context.ts';
import { JsonNode } from '../../../chain/json/node.ts';
import type { Wired } from '../../../chain/main.ts';
import type { Module } from '../../../chain/module.ts';
import { upgrade } from '../../../sdk/codec/index.ts';

/** A module that one version of the software has and the next one has not. */
export function departing(): { readonly module: Module } {
  const item = new Item('departing', 'key', textValue);
  return { module: { name: 'departing', stores: ['departing'], initGenesis: (ctx) => write(ctx, item, 'old') } };
}

/** A module that only the next version of the software has. */
export function arriving(): { readonly module: Module } {
  const item = new Item('arriving', 'key', textValue);
  return { module: { name: 'arriving', stores: ['arriving'], initGenesis: (ctx) => write(ctx, item, 'new') } };
}

/** Notes of version 1 are lower-case, of version 2 upper-case. */
const notes = new Table('staying', 'n', textKey, textValue);

/**
 * A module that both versions have. Its genesis `{plan: {name, height}}` plans an upgrade, as governance would: the chain has
 * no module for that yet.
 */
export function staying(version: bigint, wired: Wired): { readonly module: Module } {
  const migrations = new Map([[1n, shout]]);
  const initGenesis = (ctx: Context, state: unknown) => {
    notes.set(ctx, 'a', 'first');
    notes.set(ctx, 'b', 'second');
    const plan = new JsonNode(state, 'app_state.staying').field('plan');
    const name = plan.field('name').text();
    const height = plan.field('height').u64();
    wired.upgrade.keeper.schedule(ctx, { ...upgrade.Plan.fromPartial({ name, height, info: 'take the new one' }) });
    return [];
  };
  return { module: { name: 'staying', stores: ['staying'], version, migrations, initGenesis } };
}

function shout(ctx: Context): void {
  for (const [key, text] of [...notes.walk(ctx)]) notes.set(ctx, key, text.toUpperCase());
}

function write(ctx: Context, item: Item<string>, text: string): [] {
  item.set(ctx, text);
  return [];
}
