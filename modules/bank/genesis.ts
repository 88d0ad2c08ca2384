import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import { addCoins, type Coin, coinsEqual, coinsOf, coinsText, validateDenom } from '../../chain/math/coins.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { bank } from '../../sdk/codec/index.ts';
import type { BankState } from './state.ts';

/** Reads `app_state.bank` in the SDK's JSON form. The supply is the sum of the balances; if it is given it must agree. */
export function initBankGenesis(ctx: Context, value: unknown, state: BankState, addresses: AddressCodec): void {
  const root = new JsonNode(value, 'app_state.bank');
  const params = root.field('params');
  const defaultSendEnabled = params.isAbsent ? true : params.field('default_send_enabled').flagOr(false);
  state.params.set(ctx, { sendEnabled: [], defaultSendEnabled });
  readSendEnabled(root).forEach((enabled, denom) => {
    state.sendEnabled.set(ctx, denom, enabled);
  });

  let total: Coin[] = [];
  const seen = new Set<string>();
  for (const node of root.field('balances').list()) {
    const text = node.field('address').text();
    const address = node.field('address').read(() => addresses.account(text));
    if (seen.has(text)) node.fail(`duplicate balance for address ${text}`);
    seen.add(text);
    const coins = node.field('coins').coins();
    for (const { denom, amount } of coins) state.setBalance(ctx, address, denom, BigInt(amount));
    total = addCoins(total, coins);
  }
  const supply = root.field('supply').coins();
  if (supply.length > 0 && !coinsEqual(supply, total)) {
    root.field('supply').fail(`genesis supply is incorrect, expected ${coinsText(supply)}, got ${coinsText(total)}`);
  }
  for (const { denom, amount } of total) state.setSupply(ctx, denom, BigInt(amount));
  for (const node of root.field('denom_metadata').list()) {
    const metadata = readMetadata(node);
    if (state.metadata.has(ctx, metadata.base)) node.fail(`duplicate client metadata for denom ${metadata.base}`);
    state.metadata.set(ctx, metadata.base, metadata);
  }
}

export function exportBankGenesis(ctx: Context, state: BankState, addresses: AddressCodec): unknown {
  const balances = new Map<string, Coin[]>();
  for (const [[address, denom], amount] of state.balances.walk(ctx)) {
    const owner = addresses.accountText(address);
    balances.set(owner, [...(balances.get(owner) ?? []), ...coinsOf(denom, amount)]);
  }
  return {
    params: { send_enabled: [], default_send_enabled: state.params.require(ctx).defaultSendEnabled },
    balances: [...balances].map(([address, coins]) => ({ address, coins })),
    supply: [...state.supply.walk(ctx)].flatMap(([denom, amount]) => coinsOf(denom, amount)),
    denom_metadata: [...state.metadata.walk(ctx)].map(([, metadata]) => metadataJson(metadata)),
    send_enabled: [...state.sendEnabled.walk(ctx)].map(([denom, enabled]) => ({ denom, enabled })),
  };
}

/** Both the field of its own and the deprecated one in the parameters; the former wins. */
function readSendEnabled(root: JsonNode): Map<string, boolean> {
  const params = root.field('params');
  const entries = [
    ...(params.isAbsent ? [] : params.field('send_enabled').list()),
    ...root.field('send_enabled').list(),
  ];
  const flags = new Map<string, boolean>();
  for (const node of entries) {
    const denom = node.field('denom').text();
    node.field('denom').read(() => validateDenom(denom));
    flags.set(denom, node.field('enabled').flagOr(false));
  }
  return flags;
}

function readMetadata(node: JsonNode): bank.Metadata {
  const base = node.field('base').text();
  node.field('base').read(() => validateDenom(base));
  return {
    description: node.field('description').textOr(''),
    denomUnits: node
      .field('denom_units')
      .list()
      .map((unit) => ({
        denom: unit.field('denom').text(),
        exponent: unit.field('exponent').u32(0),
        aliases: unit
          .field('aliases')
          .list()
          .map((alias) => alias.text()),
      })),
    base,
    display: node.field('display').text(),
    name: node.field('name').textOr(''),
    symbol: node.field('symbol').textOr(''),
    uri: node.field('uri').textOr(''),
    uriHash: node.field('uri_hash').textOr(''),
  };
}

function metadataJson({ denomUnits, uriHash, ...rest }: bank.Metadata): unknown {
  return { ...rest, denom_units: denomUnits, uri_hash: uriHash };
}
