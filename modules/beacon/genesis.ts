import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import type { Output, Round, VrfKey } from '../../proto/generated/infinet/beacon/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { isValidPublicKey } from './ecvrf.ts';
import { VALUE_BEFORE_FIRST_ROUND } from './formulas.ts';
import { paramsJson, readParams } from './params.ts';
import { open } from './rounds.ts';
import { conducts, keyOwners, keys, openRound, outputs, outputsOf, params, rounds } from './state.ts';

export function initGenesis(ctx: Context, addresses: AddressCodec, state: unknown): void {
  const genesis = new JsonNode(state, 'app_state.beacon');
  params.set(ctx, readParams(genesis.field('params')));
  for (const node of genesis.field('keys').list()) {
    const operator = readOperator(node, addresses);
    if (keys.has(ctx, operator)) node.field('operator').fail('has a key already');
    const key = readKey(node);
    keys.set(ctx, operator, key);
    for (const publicKey of [key.publicKey, key.nextPublicKey]) {
      if (publicKey.length === 0) continue;
      if (keyOwners.has(ctx, publicKey)) node.fail('two operators have one key');
      keyOwners.set(ctx, publicKey, operator);
    }
  }
  for (const node of genesis.field('retired_keys').list()) {
    keyOwners.set(ctx, node.field('public_key').bytes(), readOperator(node, addresses));
  }
  for (const node of genesis.field('conducts').list()) {
    conducts.set(ctx, readOperator(node, addresses), {
      missed: node.field('missed').u64(0n),
      badProofs: node.field('bad_proofs').u64(0n),
      windowRound: node.field('window_round').u64(0n),
      windowMissed: node.field('window_missed').u64(0n),
      jailed: node.field('jailed').u64(0n),
    });
  }
  const history = genesis.field('rounds').list();
  for (const node of history) {
    const round = readRound(node);
    rounds.set(ctx, round.round, round);
    openRound.set(ctx, round.round);
    for (const output of node.field('outputs').list()) {
      outputs.set(ctx, [round.round, readOperator(output, addresses)], readOutput(output));
    }
  }
  if (history.length === 0) open(ctx, 1n, VALUE_BEFORE_FIRST_ROUND);
}

/** `{operator, public_key}` is enough: the key counts from the first round. */
function readKey(node: JsonNode): VrfKey {
  const nextRound = node.field('next_round').u64(0n);
  return {
    publicKey: nextRound > 0n ? optionalKey(node.field('public_key')) : publicKey(node.field('public_key')),
    nextPublicKey: nextRound > 0n ? publicKey(node.field('next_public_key')) : new Uint8Array(),
    nextRound,
    registeredRound: node.field('registered_round').u64(0n),
  };
}

function optionalKey(node: JsonNode): Uint8Array {
  return node.isAbsent || node.value === '' ? new Uint8Array() : publicKey(node);
}

function publicKey(node: JsonNode): Uint8Array {
  const bytes = node.bytes();
  return isValidPublicKey(bytes) ? bytes : node.fail('not an Ed25519 point of large order');
}

function readRound(node: JsonNode): Round {
  return {
    round: node.field('round').u64(),
    alpha: node.field('alpha').bytes(),
    openedHeight: node.field('opened_height').u64(),
    closedHeight: node.field('closed_height').u64(),
    value: node.field('value').bytes(),
  };
}

function readOutput(node: JsonNode): Output {
  return {
    publicKey: node.field('public_key').bytes(),
    proof: node.field('proof').bytes(),
    valid: node.field('valid').flag(),
    height: node.field('height').u64(),
  };
}

function readOperator(node: JsonNode, addresses: AddressCodec): Uint8Array {
  const operator = node.field('operator');
  return operator.read(() => addresses.account(operator.text()));
}

export function exportGenesis(ctx: Context, addresses: AddressCodec): unknown {
  const current = [...keys.walk(ctx)];
  const held = new Set(current.flatMap(([, key]) => [base64(key.publicKey), base64(key.nextPublicKey)]));
  return {
    params: paramsJson(params.require(ctx)),
    keys: current.map(([operator, key]) => ({
      operator: addresses.accountText(operator),
      public_key: base64(key.publicKey),
      next_public_key: base64(key.nextPublicKey),
      next_round: key.nextRound.toString(),
      registered_round: key.registeredRound.toString(),
    })),
    retired_keys: [...keyOwners.walk(ctx)].flatMap(([key, operator]) =>
      held.has(base64(key)) ? [] : [{ public_key: base64(key), operator: addresses.accountText(operator) }],
    ),
    conducts: [...conducts.walk(ctx)].map(([operator, { missed, badProofs, windowRound, windowMissed, jailed }]) => ({
      operator: addresses.accountText(operator),
      missed: missed.toString(),
      bad_proofs: badProofs.toString(),
      window_round: windowRound.toString(),
      window_missed: windowMissed.toString(),
      jailed: jailed.toString(),
    })),
    rounds: [...rounds.walk(ctx)].map(([, round]) => exportRound(ctx, round, addresses)),
  };
}

function exportRound(ctx: Context, round: Round, addresses: AddressCodec): unknown {
  return {
    round: round.round.toString(),
    alpha: base64(round.alpha),
    opened_height: round.openedHeight.toString(),
    closed_height: round.closedHeight.toString(),
    value: base64(round.value),
    outputs: outputsOf(ctx, round.round).map(([operator, output]) => ({
      operator: addresses.accountText(operator),
      public_key: base64(output.publicKey),
      proof: base64(output.proof),
      valid: output.valid,
      height: output.height.toString(),
    })),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
