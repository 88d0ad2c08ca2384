import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import { publicKeyJson, readPublicKey } from '../../chain/json/publicKey.ts';
import { feeCollector } from '../../chain/tx/accounts.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { auth } from '../../sdk/codec/index.ts';
import { type Account, baseAccountType, moduleAccountType, readPermission } from './account.ts';
import { type AuthKeeper, moduleAddress } from './keeper.ts';
import { defaultParams, paramsProblem } from './params.ts';
import type { AuthState } from './state.ts';

/** Reads `app_state.auth` in the SDK's JSON form. Account numbers follow from the list as in the SDK. */
export function initAuthGenesis(
  ctx: Context,
  value: unknown,
  state: AuthState,
  keeper: AuthKeeper,
  codec: AddressCodec,
): void {
  const root = new JsonNode(value, 'app_state.auth');
  state.params.set(ctx, readParams(root.field('params')));
  const accounts = root
    .field('accounts')
    .list()
    .map((node) => readAccount(node, codec));
  refuseDuplicates(root, accounts);
  for (const account of renumber(accounts)) {
    while (state.nextAccountNumber.peek(ctx) <= account.accountNumber) state.nextAccountNumber.next(ctx);
    state.setAccount(ctx, codec.account(account.address), account);
  }
  // The account that fees are paid to exists from genesis on.
  if (Object.hasOwn(keeper.modulePermissions, feeCollector)) keeper.moduleAccount(ctx, feeCollector);
}

export function exportAuthGenesis(ctx: Context, state: AuthState): unknown {
  const params = state.params.require(ctx);
  return {
    params: {
      max_memo_characters: params.maxMemoCharacters.toString(),
      tx_sig_limit: params.txSigLimit.toString(),
      tx_size_cost_per_byte: params.txSizeCostPerByte.toString(),
      sig_verify_cost_ed25519: params.sigVerifyCostEd25519.toString(),
      sig_verify_cost_secp256k1: params.sigVerifyCostSecp256k1.toString(),
    },
    accounts: [...state.accounts.walk(ctx)].map(([, account]) => accountJson(account)),
  };
}

function readParams(node: JsonNode): auth.Params {
  if (node.isAbsent) return defaultParams;
  const params = {
    maxMemoCharacters: node.field('max_memo_characters').u64(),
    txSigLimit: node.field('tx_sig_limit').u64(),
    txSizeCostPerByte: node.field('tx_size_cost_per_byte').u64(),
    sigVerifyCostEd25519: node.field('sig_verify_cost_ed25519').u64(),
    sigVerifyCostSecp256k1: node.field('sig_verify_cost_secp256k1').u64(),
  };
  const problem = paramsProblem(params);
  return problem === undefined ? params : node.fail(problem);
}

function readAccount(node: JsonNode, codec: AddressCodec): Account {
  const type = node.field('@type').text();
  if (type === baseAccountType) return readBase(node, codec);
  if (type !== moduleAccountType) return node.field('@type').fail(`unknown account type ${type}`);
  const base = readBase(node.field('base_account'), codec);
  const name = node.field('name').text();
  if (codec.accountText(moduleAddress(name)) !== base.address) {
    node.fail(`address ${base.address} cannot be derived from the module name '${name}'`);
  }
  const permissions = node
    .field('permissions')
    .list()
    .map((permission) => permission.read(() => readPermission(permission.text())));
  return { ...base, module: { name, permissions } };
}

function readBase(node: JsonNode, codec: AddressCodec): Account {
  const address = node.field('address');
  return {
    address: codec.accountText(address.read(() => codec.account(address.text()))),
    pubKey: readPublicKey(node.field('pub_key')),
    accountNumber: node.field('account_number').u64(0n),
    sequence: node.field('sequence').u64(0n),
  };
}

function refuseDuplicates(root: JsonNode, accounts: readonly Account[]): void {
  const seen = new Set<string>();
  for (const { address } of accounts) {
    if (seen.has(address)) root.fail(`duplicate account found in genesis state; address: ${address}`);
    seen.add(address);
  }
}

/** Gives accounts whose number is taken the lowest free one, then sorts by number (the SDK's SanitizeGenesisAccounts). */
function renumber(accounts: readonly Account[]): Account[] {
  const seen = new Set<bigint>();
  const kept: Account[] = [];
  const repeated: Account[] = [];
  for (const account of accounts) {
    (seen.has(account.accountNumber) ? repeated : kept).push(account);
    seen.add(account.accountNumber);
  }
  repeated.sort(byNumber);
  let free = 0n;
  for (const account of repeated) {
    while (seen.has(free)) free++;
    seen.add(free);
    kept.push({ ...account, accountNumber: free });
  }
  return kept.sort(byNumber);
}

function byNumber(a: Account, b: Account): number {
  return a.accountNumber < b.accountNumber ? -1 : a.accountNumber > b.accountNumber ? 1 : 0;
}

function accountJson(account: Account): unknown {
  const base = {
    address: account.address,
    pub_key: publicKeyJson(account.pubKey),
    account_number: account.accountNumber.toString(),
    sequence: account.sequence.toString(),
  };
  if (account.module === undefined) return { '@type': baseAccountType, ...base };
  const { name, permissions } = account.module;
  return { '@type': moduleAccountType, base_account: base, name, permissions };
}
