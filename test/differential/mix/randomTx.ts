import { encodeAny } from '../../../chain/tx/amino/encode.ts';
import { type protoAny, tx as txTypes } from '../../../sdk/codec/index.ts';
import { type Group, groupText, groupTx } from '../group.ts';
import { denom, type Key } from '../keys.ts';
import { send } from '../messages.ts';
import type { Numbers } from '../numbers.ts';
import { concat, type TxSpec, varintField } from '../tx.ts';
import type { World } from '../world.ts';
import { type Cast, randomMessage } from './randomMessages.ts';

/** One tx of a random account or group, with random messages, signed in a random way; checks it and puts it into the next block. */
export async function randomTx(
  world: World,
  cast: Cast,
  groups: readonly [Group, ...Group[]],
  index: number,
): Promise<void> {
  const { numbers } = cast;
  if (numbers.once(9)) return groupsTx(world, cast, numbers.pick(groups), index);
  const from = numbers.pick(cast.accounts);
  const messages = Array.from({ length: numbers.pick([1, 1, 1, 1, 2, 2, 3, 5]) }, () => randomMessage(cast, from.text));
  const second = numbers.pick(cast.accounts);
  const spec: TxSpec = {
    signers: [from],
    messages,
    // Enough for simd too, whose hooks cost more; what ends within a message is among the broken ones.
    gas: BigInt(numbers.pick([1_500_000, 2_500_000, 4_000_000])),
    ...fees(cast),
    ...(numbers.once(4) && { amino: true }),
    ...(numbers.once(5) && { memo: memo(numbers) }),
    ...(numbers.once(6) && { timeoutHeight: timeout(cast) }),
    ...(numbers.once(8) && { granter: second.text }),
    ...(numbers.once(12) && second !== from && twoSigners(cast, from, second, messages)),
    ...(numbers.once(5) && broken(cast)),
  };
  const signed = spec.amino === true && !canBeJson(spec.messages) ? { ...spec, amino: false } : spec;
  await world.tx(`mix ${index}: ${namesOf(spec.messages)}`, signed);
}

async function groupsTx(world: World, cast: Cast, group: Group, index: number): Promise<void> {
  const { numbers } = cast;
  const from = groupText(group);
  const messages = [randomMessage(cast, from), ...(numbers.once(3) ? [randomMessage(cast, from)] : [])].filter(
    (message) => canBeJson([message]),
  );
  if (messages.length === 0) messages.push(send(from, numbers.pick(cast.accounts), `5${denom}`));
  const members = group.members.map((_, member) => member);
  const signed = members.filter(() => !numbers.once(3));
  const tx = groupTx(
    group,
    {
      messages,
      signed: signed.length === 0 ? [0] : signed,
      gas: BigInt(numbers.pick([1_500_000, 3_000_000, 50_000])),
      ...(numbers.once(12) && { sequence: BigInt(numbers.next(5)) }),
      ...(numbers.once(12) && { mode: numbers.pick([1, 0]) }),
    },
    await world.accountOf(from),
  );
  // One of a block: its sequence is not counted ahead.
  await world.rawTx(`mix ${index}: group: ${namesOf(messages)}`, tx);
  await world.block();
}

/** Amino JSON is made by our own encoder, which refuses what does not decode. */
function canBeJson(messages: readonly protoAny.Any[]): boolean {
  try {
    for (const message of messages) encodeAny(message);
    return true;
  } catch {
    return false;
  }
}

function namesOf(messages: readonly protoAny.Any[]): string {
  return messages.map(({ typeUrl }) => typeUrl.replace(/.*\.(Msg)?/, '')).join(' ');
}

function fees({ numbers }: Cast): Partial<TxSpec> {
  if (!numbers.once(6)) return {};
  const coin = (name: string, amount: string) => ({ denom: name, amount });
  return {
    fee: numbers.pick([
      [],
      [coin(denom, '0')],
      [coin('aaa', '7'), coin(denom, '9')],
      [coin(denom, '9'), coin('aaa', '7')],
      [coin('nothing', '1')],
      [coin(denom, '-5')],
      [coin('locked', '3')],
      [coin(denom, '99999999999999')],
      [coin('1x', '3')],
    ]),
  };
}

function memo(numbers: Numbers): string {
  return numbers.pick(['<&>"\\', 'é'.repeat(numbers.next(140)), 'm'.repeat(numbers.next(280)), '\u0000\u2028', '☂']);
}

function timeout({ numbers, height }: Cast): bigint {
  return height() + BigInt(numbers.pick([-1, 0, 1, 2, 1000]));
}

function twoSigners(cast: Cast, from: Key, second: Key, messages: readonly protoAny.Any[]): Partial<TxSpec> {
  return cast.numbers.once(2)
    ? { signers: [from, second], messages: [...messages, randomMessage(cast, second.text)] }
    : { signers: [from, second], payer: second.text };
}

/** Txs that the ante handler or the decoder refuses, each on both chains. */
function broken({ numbers, accounts }: Cast): Partial<TxSpec> {
  const kinds: readonly [() => Partial<TxSpec>, ...(() => Partial<TxSpec>)[]] = [
    () => ({ gas: BigInt(numbers.next(60_000)) }),
    () => ({ chainId: 'other-1' }),
    () => ({ sequence: BigInt(numbers.next(9)) }),
    () => ({ accountNumber: BigInt(numbers.next(9)) }),
    () => ({ signature: (bytes) => bytes.map((byte, at) => (at === 7 ? byte ^ 1 : byte)) }),
    () => ({ signature: (bytes) => bytes.subarray(0, numbers.next(64)) }),
    () => ({ signatures: () => [] }),
    () => ({ publicKey: numbers.pick(accounts).publicKey }),
    () => ({ publicKey: null }),
    () => ({ mode: numbers.pick([0, 3, 99]) }),
    () => ({ noMode: true }),
    () => ({ messages: [] }),
    () => ({ fee: null }),
    () => ({ payer: numbers.pick(accounts).text }),
    () => ({ extensionOptions: [{ typeUrl: '/x.Y', value: new Uint8Array() }] }),
    () => ({ body: (bytes) => concat(bytes, varintField(9, 1)) }),
    () => ({ body: (bytes) => concat(bytes, varintField(1025, 1)) }),
    () => ({ authInfo: (bytes) => concat(bytes, varintField(numbers.pick([9, 1025]), 1)) }),
    () => ({ raw: (bytes) => concat(bytes, varintField(numbers.pick([9, 1025]), 1)) }),
    () => ({ raw: (bytes) => bytes.subarray(0, numbers.next(bytes.length)) }),
    () => ({ raw: flipped(numbers) }),
  ];
  return numbers.pick(kinds)();
}

/** One bit of what is signed: the signature is then wrong, if anything can still be read. */
function flipped(numbers: Numbers): (raw: Uint8Array) => Uint8Array {
  return (raw) => {
    const { bodyBytes, authInfoBytes, signatures } = txTypes.TxRaw.decode(raw);
    const flip = (bytes: Uint8Array) => {
      const changed = Uint8Array.from(bytes);
      const at = numbers.next(Math.max(1, bytes.length));
      changed[at] = (changed[at] ?? 0) ^ (1 << numbers.next(8));
      return changed;
    };
    const parts = numbers.once(2)
      ? { bodyBytes: flip(bodyBytes), authInfoBytes }
      : { bodyBytes, authInfoBytes: flip(authInfoBytes) };
    return txTypes.TxRaw.encode({ ...parts, signatures }).finish();
  };
}
