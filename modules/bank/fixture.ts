import { Context } from '../../chain/context.ts';
import type { Module } from '../../chain/module.ts';
import { fromByteString } from '../../chain/store/kv.ts';
import { MemoryState } from '../../chain/store/memory.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { createAuth } from '../auth/index.ts';
import { moduleAddress } from '../auth/keeper.ts';
import { createBank } from './index.ts';

/** auth and bank on a state in memory, as tests of this module and of those above it start from. */

export const addresses = createAddressCodec('infinet');

const modulePermissions = {
  fee_collector: [],
  rewards: ['minter', 'burner'],
  bonded_tokens_pool: ['burner', 'staking'],
  not_bonded_tokens_pool: ['burner', 'staking'],
} as const;

/** An account address of 20 equal bytes. */
export function account(byte: number): Uint8Array {
  return new Uint8Array(20).fill(byte);
}

export function accountText(byte: number): string {
  return addresses.accountText(account(byte));
}

export function createFixture() {
  const authority = moduleAddress('gov');
  const auth = createAuth({ addresses, modulePermissions });
  const blockedModules = Object.keys(modulePermissions);
  const bank = createBank({ addresses, accounts: auth.keeper, blockedModules, authority });
  const state = new MemoryState();
  return { auth, bank, authority, state };
}

/** A context for one block on `state`; time in seconds since the Unix epoch. */
export function blockContext(state: MemoryState, height = 1n, seconds = 1_700_000_000n): Context {
  return new Context({ chainId: 'test', height, time: seconds * 1_000_000_000n, proposer: new Uint8Array() }, state);
}

/** Runs one message as a tx does: on a branch that is dropped when it throws. */
export function run(ctx: Context, module: Module, typeUrl: string, message: Uint8Array): Uint8Array {
  const route = module.messages?.find((candidate) => candidate.typeUrl === typeUrl);
  if (route === undefined) throw new Error(`no message ${typeUrl}`);
  return ctx.isolated((branch) => route.prepare(message).handle(branch));
}

export function ask(ctx: Context, module: Module, path: string, request: Uint8Array): Uint8Array {
  const route = module.queries?.find((candidate) => candidate.path === path);
  if (route === undefined) throw new Error(`no query ${path}`);
  return route.answer(ctx, request);
}

/** What a coded error says: `bank 5: uinf transfers are currently disabled: send transactions are disabled`. */
export function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Error && 'codespace' in error && 'code' in error) {
      return `${error.codespace} ${error.code}: ${error.message}`;
    }
    throw error;
  }
  return 'not refused';
}

/** Everything in a module's store as hex, to hold against the SDK's layout. */
export function dump(state: MemoryState, store: string): Record<string, string> {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  return Object.fromEntries(
    [...state.store(store).iterate({})].map(([key, value]) => [hex(fromByteString(key)), hex(value)]),
  );
}

/** The names and texts of all invariants that do not hold. */
export function broken(ctx: Context, ...modules: Module[]): string[] {
  return modules.flatMap(({ invariants }) =>
    (invariants ?? []).flatMap(({ name, check }) => {
      const problem = check(ctx);
      return problem === undefined ? [] : [`${name}: ${problem}`];
    }),
  );
}
