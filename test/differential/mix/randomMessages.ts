import {
  authTx,
  bankTx,
  consensusTx,
  type protoAny,
  slashingTx,
  stakingTx,
  upgrade,
  upgradeTx,
} from '../../../sdk/codec/index.ts';
import { allowed, basic, grant, periodic, prune, revoke } from '../allowances.ts';
import { otherDenoms } from '../genesis.ts';
import { consensusKeyAny, denom, type Key, keyOf } from '../keys.ts';
import {
  cancelUnbonding,
  createValidator,
  delegate,
  editValidator,
  multiSend,
  part,
  percent,
  redelegate,
  send,
  undelegate,
  unjail,
} from '../messages.ts';
import type { Numbers } from '../numbers.ts';

/** Who sends, and what is known of the chain: enough that most messages find what they name. */
export interface Cast {
  readonly numbers: Numbers;
  readonly accounts: readonly [Key, ...Key[]];
  /** Validators that exist or soon will. */
  readonly operators: readonly [Key, ...Key[]];
  /** Heights in which something was unbonded. */
  readonly unbondings: bigint[];
  /** Seconds since the Unix epoch. */
  readonly now: () => bigint;
  readonly height: () => bigint;
}

/** A message of a random kind that `from` (text) signs; one in six has something wrong with it. */
export function randomMessage(cast: Cast, from: string): protoAny.Any {
  const { numbers } = cast;
  const other = () => numbers.pick(cast.accounts);
  const kinds: readonly [() => protoAny.Any, ...(() => protoAny.Any)[]] = [
    () => send(from, numbers.once(9) ? freshKey(numbers) : other(), amounts(numbers)),
    () => send(from, other(), amounts(numbers)),
    () => multiple(cast, from),
    () => delegate(from, operator(cast), stake(numbers)),
    () => delegate(from, operator(cast), stake(numbers)),
    () => undelegating(cast, from),
    () => redelegate(from, operator(cast), operator(cast), stake(numbers)),
    () => cancelUnbonding(from, operator(cast), stake(numbers), unbondingHeight(cast)),
    () => ownValidator(cast, from),
    () => allowanceChange(cast, from),
    () => allowanceChange(cast, from),
    () => forAuthorities(numbers, from),
  ];
  const message = numbers.pick(kinds)();
  return numbers.once(20) ? damaged(numbers, message) : message;
}

function freshKey(numbers: Numbers): Key {
  return keyOf(`mix ${numbers.next(1_000_000)}`);
}

function operator({ numbers, operators, accounts }: Cast): string {
  if (numbers.once(25)) return numbers.pick(accounts).operator;
  if (numbers.once(60)) return numbers.pick(['', 'val', 'cosmosvaloper1', numbers.pick(accounts).text]);
  return numbers.pick(operators).operator;
}

const sizes = ['1', '17', '4999', '250000', '1000000', '2000000', '7654321', '50000000'] as const;

function stake(numbers: Numbers): string {
  if (numbers.once(14))
    return numbers.pick(['0stake', '-3stake', '5aaa', '', '900000000000000stake', '51', '007stake']);
  return `${numbers.pick(sizes)}${denom}`;
}

function amounts(numbers: Numbers): string {
  if (numbers.once(10)) {
    return numbers.pick([
      '0stake',
      '-3aaa',
      '',
      '5zzz,5aaa',
      '5aaa,5aaa',
      '5nothing',
      '5locked',
      '+5aaa',
      '1stake,2',
      '1a',
    ]);
  }
  const names = [...otherDenoms.filter((name) => name !== 'locked'), denom].sort();
  const chosen = names.filter(() => numbers.once(3));
  const list = chosen.length === 0 ? [denom] : chosen;
  return list.map((name) => `${numbers.pick(['1', '17', '4999', '123456'])}${name}`).join(',');
}

function multiple(cast: Cast, from: string): protoAny.Any {
  const { numbers } = cast;
  const total = 2 + numbers.next(5000);
  const first = 1 + numbers.next(total - 1);
  const name = numbers.pick(['aaa', denom, 'zzz', 'locked']);
  const [one, two] = [numbers.pick(cast.accounts), numbers.pick(cast.accounts)];
  const missing = numbers.once(8) ? 1 : 0;
  const outputs = [part(one, `${first}${name}`), part(two, `${total - first - missing}${name}`)];
  const inputs = [part(from, `${total}${name}`)];
  return multiSend(numbers.once(20) ? [...inputs, ...inputs] : inputs, numbers.once(20) ? [] : outputs);
}

function undelegating(cast: Cast, from: string): protoAny.Any {
  const { numbers, unbondings } = cast;
  // The tx gets into this block or the next.
  unbondings.push(cast.height() + 1n);
  return undelegate(from, operator(cast), stake(numbers));
}

function unbondingHeight({ numbers, unbondings, height }: Cast): bigint {
  const known = unbondings[numbers.next(Math.max(1, unbondings.length))];
  return numbers.once(6) || known === undefined ? numbers.pick([0n, -1n, height(), 1n << 62n]) : known;
}

function rate(numbers: Numbers): string {
  return numbers.once(8) ? numbers.pick(['1', percent(-1), percent(101), '']) : percent(1 + numbers.next(30));
}

function ownValidator({ numbers, accounts }: Cast, from: string): protoAny.Any {
  const key = accounts.find(({ text }) => text === from) ?? numbers.pick(accounts);
  const kinds: readonly [() => protoAny.Any, ...(() => protoAny.Any)[]] = [
    () => unjail(key.operator),
    () =>
      editValidator(key.operator, {
        ...(numbers.once(2) && { moniker: 'n'.repeat(numbers.next(80)) }),
        ...(numbers.once(3) && { details: 'd'.repeat(numbers.next(300)) }),
        ...(numbers.once(3) && { rate: rate(numbers) }),
        ...(numbers.once(4) && { minSelfDelegation: numbers.pick(['0', '2', '1000000', '99999999999', '-1']) }),
      }),
    () =>
      createValidator({
        key,
        pubkey: consensusKeyAny(numbers.once(6) ? 'val0' : `mix ${key.name}`),
        moniker: 'm'.repeat(numbers.next(72)),
        rates: [rate(numbers), percent(30), percent(1 + numbers.next(31))],
        minSelfDelegation: numbers.pick(['1', '1', '1', '0', '2000000']),
        value: stake(numbers),
      }),
  ];
  return numbers.pick(kinds)();
}

function allowanceChange(cast: Cast, from: string): protoAny.Any {
  const { numbers } = cast;
  const to = numbers.once(12) ? freshKey(numbers) : numbers.pick(cast.accounts);
  const granter = { ...to, text: from };
  if (numbers.once(4)) return revoke(granter, to);
  if (numbers.once(12)) return prune(granter);
  const soon = cast.now() + BigInt(numbers.next(5000) - 500);
  const simple = basic({
    ...(numbers.once(2) && { limit: numbers.pick(['0', '50', '1000', '100000']) }),
    ...(numbers.once(2) && { seconds: soon }),
  });
  const plain = numbers.once(3)
    ? periodic(numbers.pick(['100stake', '1000aaa,100stake', '0stake', '']), BigInt(numbers.next(100)), soon)
    : simple;
  const list = numbers.pick([
    ['/cosmos.bank.v1beta1.MsgSend'],
    ['/cosmos.bank.v1beta1.MsgSend', '/cosmos.staking.v1beta1.MsgDelegate'],
    [],
  ]);
  return grant(granter, to, numbers.once(4) ? allowed(plain, list) : plain);
}

/** What only governance may, by a stranger, and what nobody handles. */
function forAuthorities(numbers: Numbers, authority: string): protoAny.Any {
  const plan = upgrade.Plan.fromPartial({ name: 'next', height: 1_000_000n });
  const kinds: readonly [() => protoAny.Any, ...(() => protoAny.Any)[]] = [
    () => any('/cosmos.auth.v1beta1.MsgUpdateParams', authTx.MsgUpdateParams, { authority }),
    () => any('/cosmos.bank.v1beta1.MsgUpdateParams', bankTx.MsgUpdateParams, { authority }),
    () =>
      any('/cosmos.bank.v1beta1.MsgSetSendEnabled', bankTx.MsgSetSendEnabled, { authority, useDefaultFor: ['aaa'] }),
    () => any('/cosmos.staking.v1beta1.MsgUpdateParams', stakingTx.MsgUpdateParams, { authority }),
    () => any('/cosmos.slashing.v1beta1.MsgUpdateParams', slashingTx.MsgUpdateParams, { authority }),
    () => any('/cosmos.consensus.v1.MsgUpdateParams', consensusTx.MsgUpdateParams, { authority }),
    () => any('/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade', upgradeTx.MsgSoftwareUpgrade, { authority, plan }),
    () => any('/cosmos.upgrade.v1beta1.MsgCancelUpgrade', upgradeTx.MsgCancelUpgrade, { authority }),
    () => ({ typeUrl: '/cosmos.bank.v1beta1.MsgNothing', value: new Uint8Array() }),
    () => ({ typeUrl: '/cosmos.bank.v1beta1.QueryBalanceRequest', value: new Uint8Array() }),
  ];
  return numbers.pick(kinds)();
}

function any<T>(
  typeUrl: string,
  type: { fromPartial(part: Partial<T>): T; encode(message: T): { finish(): Uint8Array } },
  message: Partial<T>,
): protoAny.Any {
  return { typeUrl, value: type.encode(type.fromPartial(message)).finish() };
}

/** Unknown fields and bytes that end too early. */
function damaged(numbers: Numbers, { typeUrl, value }: protoAny.Any): protoAny.Any {
  const unknown = (field: number) =>
    Buffer.concat([value, Buffer.from([((field << 3) & 127) | 128, (field << 3) >> 7, 1])]);
  const changed = numbers.pick([
    () => unknown(30),
    () => unknown(1030),
    () => value.subarray(0, Math.max(0, value.length - 1 - numbers.next(9))),
    () => Buffer.concat([value, Buffer.of(0)]),
    () => Buffer.concat([value, Buffer.of(0xff)]),
  ])();
  return { typeUrl, value: Uint8Array.from(changed) };
}
