import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import { jsonDuration, jsonTime, parseDuration, parseTime } from '../../chain/time.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import {
  type Allowance,
  allowedMessagesUrl,
  type BasicAllowance,
  basicUrl,
  periodicUrl,
  readAllowance,
  validateAllowance,
} from './allowance.ts';
import type { FeegrantKeeper } from './keeper.ts';
import type { FeegrantState } from './state.ts';

/** Reads `app_state.feegrant` in the SDK's JSON form. */
export function initFeegrantGenesis(
  ctx: Context,
  value: unknown,
  keeper: FeegrantKeeper,
  addresses: AddressCodec,
): void {
  for (const node of new JsonNode(value, 'app_state.feegrant').field('allowances').list()) {
    const granter = node.field('granter').read(() => addresses.account(node.field('granter').text()));
    const grantee = node.field('grantee').read(() => addresses.account(node.field('grantee').text()));
    const allowance = readJson(node.field('allowance'));
    node.field('allowance').read(() => validateAllowance(allowance));
    node.read(() => keeper.grant(ctx, granter, grantee, allowance));
  }
}

export function exportFeegrantGenesis(ctx: Context, state: FeegrantState): unknown {
  const allowances = [...state.grants.walk(ctx)].map(([, { granter, grantee, allowance }]) => ({
    granter,
    grantee,
    allowance: allowance === undefined ? null : toJson(readAllowance(allowance)),
  }));
  return { allowances };
}

function readJson(node: JsonNode): Allowance {
  const type = node.field('@type').text();
  switch (type) {
    case basicUrl:
      return readBasic(node);
    case periodicUrl:
      return {
        kind: 'periodic',
        basic: readBasic(node.field('basic')),
        period: node.field('period').read(() => parseDuration(node.field('period').text())),
        periodSpendLimit: node.field('period_spend_limit').coins(),
        periodCanSpend: node.field('period_can_spend').coins(),
        periodReset: readTime(node.field('period_reset')),
      };
    case allowedMessagesUrl:
      return {
        kind: 'messages',
        allowance: readJson(node.field('allowance')),
        messages: node
          .field('allowed_messages')
          .list()
          .map((name) => name.text()),
      };
    default:
      return node.field('@type').fail(`unknown allowance type ${type}`);
  }
}

function readBasic(node: JsonNode): BasicAllowance {
  const expiration = node.field('expiration');
  return {
    kind: 'basic',
    spendLimit: node.field('spend_limit').coins(),
    expiration: expiration.isAbsent ? undefined : readTime(expiration),
  };
}

function readTime(node: JsonNode): bigint {
  return node.read(() => parseTime(node.text()));
}

function toJson(allowance: Allowance): unknown {
  switch (allowance.kind) {
    case 'basic':
      return { '@type': basicUrl, ...basicJson(allowance) };
    case 'periodic':
      return {
        '@type': periodicUrl,
        basic: basicJson(allowance.basic),
        period: jsonDuration(allowance.period),
        period_spend_limit: allowance.periodSpendLimit,
        period_can_spend: allowance.periodCanSpend,
        period_reset: jsonTime(allowance.periodReset),
      };
    case 'messages':
      return {
        '@type': allowedMessagesUrl,
        allowance: allowance.allowance === undefined ? null : toJson(allowance.allowance),
        allowed_messages: allowance.messages,
      };
  }
}

function basicJson({ spendLimit, expiration }: BasicAllowance): object {
  return { spend_limit: spendLimit, expiration: expiration === undefined ? null : jsonTime(expiration) };
}
