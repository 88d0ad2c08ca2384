import { moduleAddress } from '../../../modules/auth/keeper.ts';
import { bankTx } from '../../../sdk/codec/index.ts';
import { addresses, denom, type Key, keyOf } from '../keys.ts';
import { multiSend, part, send } from '../messages.ts';
import { concat, lengthField } from '../tx.ts';
import type { World } from '../world.ts';

type Message = ReturnType<typeof send>;

/** Sends that a bank must get right or refuse, each from an account of its own. */
export async function bankCases(world: World): Promise<void> {
  const to = keyOf('a1');
  const module = (name: string) => addresses.accountText(moduleAddress(name));
  const stranger = (index: number) => keyOf(`stranger${index}`);
  const cases: Readonly<Record<string, (from: Key) => Message>> = {
    'a send': (from) => send(from, to, `7${denom}`),
    'a send to oneself': (from) => send(from, from, `7${denom}`),
    'a send of all of a coin': (from) => send(from, to, '1000000aaa'),
    'a send of more than there is': (from) => send(from, to, '1000001aaa'),
    'a send of a coin that one lacks': (from) => send(from, to, '1bbb'),
    'a send of two coins': (from) => send(from, to, `3aaa,4${denom}`),
    'a send of all coins': (from) => send(from, to, '1aaa,2foo/bar,3ibc/27394FB092D2ECCD,4stake,5zzz'),
    'a send of two coins, one lacking': (from) => send(from, to, '3aaa,4bbb'),
    'a send of unsorted coins': (from) => send(from, to, `4${denom},3aaa`),
    'a send of the same coin twice': (from) => send(from, to, '3aaa,3aaa'),
    'a send of nothing': (from) => send(from, to, ''),
    'a send of zero': (from) => send(from, to, '0aaa'),
    'a send of zero beside something': (from) => send(from, to, `0aaa,1${denom}`),
    'a send of a negative amount': (from) => send(from, to, '-5aaa'),
    'a send with a plus sign': (from) => send(from, to, '+5aaa'),
    'a send with leading zeros': (from) => send(from, to, '005aaa'),
    'a send of minus zero': (from) => send(from, to, '-0aaa'),
    'a send of a fraction': (from) => send(from, to, '1.5aaa'),
    'a send of hexadecimal': (from) => message(from, to.text, 'aaa', '0x10'),
    'a send with an underscore': (from) => message(from, to.text, 'aaa', '1_000'),
    'a send with a blank': (from) => message(from, to.text, 'aaa', ' 5'),
    'a send of an empty amount': (from) => message(from, to.text, 'aaa', ''),
    'a send of 2^255': (from) => send(from, to, `${1n << 255n}aaa`),
    'a send of 2^256-1': (from) => send(from, to, `${(1n << 256n) - 1n}aaa`),
    'a send of 2^256': (from) => send(from, to, `${1n << 256n}aaa`),
    'a denom of two characters': (from) => send(from, to, '1aa'),
    'a denom that starts with a digit': (from) => message(from, to.text, '1aa', '1'),
    'a denom of 128 characters': (from) => send(from, to, `1${'a'.repeat(128)}`),
    'a denom of 129 characters': (from) => send(from, to, `1${'a'.repeat(129)}`),
    'a denom with a blank': (from) => message(from, to.text, 'a a', '1'),
    'a denom in upper case': (from) => send(from, to, '1AAA'),
    'an empty denom': (from) => message(from, to.text, '', '1'),
    'a denom with an accent': (from) => message(from, to.text, 'aäa', '1'),
    'a locked coin': (from) => send(from, to, '1locked'),
    'a locked coin beside another': (from) => send(from, to, '1aaa,1locked'),
    'a locked coin that is too much': (from) => send(from, to, '99999999locked'),
    'an enabled coin': (from) => send(from, to, '1zzz'),
    'a new account': (from) => send(from, stranger(1), `1${denom}`),
    'an empty recipient': (from) => send(from, '', `1${denom}`),
    'a blank recipient': (from) => send(from, ' ', `1${denom}`),
    'a recipient of another prefix': (from) => send(from, to.text.replace('cosmos', 'osmo'), `1${denom}`),
    'a recipient of a valid other prefix': (from) => send(from, to.operator, `1${denom}`),
    'a recipient with a wrong checksum': (from) => send(from, `${to.text.slice(0, -1)}q`, `1${denom}`),
    'a recipient in upper case': (from) => send(from, to.text.toUpperCase(), `1${denom}`),
    'a recipient in mixed case': (from) => send(from, `C${to.text.slice(1)}`, `1${denom}`),
    'a short text as recipient': (from) => send(from, 'bob', `1${denom}`),
    'a recipient without separator': (from) => send(from, 'cosmosqqqqqqqqqqqqq', `1${denom}`),
    'a recipient with a wrong character': (from) => send(from, 'cosmos1bbbbbbbbbbbbbb', `1${denom}`),
    'a recipient of one byte': (from) => send(from, addresses.accountText(Uint8Array.of(7)), `1${denom}`),
    'a recipient of 32 bytes': (from) => send(from, addresses.accountText(new Uint8Array(32).fill(7)), `1${denom}`),
    'a recipient of 255 bytes': (from) => send(from, addresses.accountText(new Uint8Array(255).fill(7)), `1${denom}`),
    'the fee collector as recipient': (from) => send(from, module('fee_collector'), `1${denom}`),
    'the staking pool as recipient': (from) => send(from, module('bonded_tokens_pool'), `1${denom}`),
    'the gov account as recipient': (from) => send(from, module('gov'), `1${denom}`),
    'the mint account as recipient': (from) => send(from, module('mint'), `1${denom}`),
    'a blocked recipient and too much': (from) => send(from, module('mint'), `9999999999999999${denom}`),
    'a bad recipient and bad coins': (from) => send(from, 'bob', '0aaa'),
    'a multi-send to one': (from) => multiSend([part(from, '5aaa')], [part(to, '5aaa')]),
    'a multi-send to three': (from) =>
      multiSend([part(from, '6aaa')], [part(to, '1aaa'), part(stranger(2), '2aaa'), part(stranger(3), '3aaa')]),
    'a multi-send to the same twice': (from) => multiSend([part(from, '5aaa')], [part(to, '2aaa'), part(to, '3aaa')]),
    'a multi-send to oneself': (from) => multiSend([part(from, '5aaa')], [part(from, '5aaa')]),
    'a multi-send of two coins': (from) =>
      multiSend([part(from, `5aaa,6${denom}`)], [part(to, '5aaa'), part(stranger(4), `6${denom}`)]),
    'a multi-send without outputs': (from) => multiSend([part(from, '5aaa')], []),
    'a multi-send of unequal sums': (from) => multiSend([part(from, '5aaa')], [part(to, '4aaa')]),
    'a multi-send of unequal coins': (from) => multiSend([part(from, '5aaa')], [part(to, '5zzz')]),
    'a multi-send of zero': (from) => multiSend([part(from, '0aaa')], [part(to, '0aaa')]),
    'a multi-send of nothing': (from) => multiSend([part(from, '')], [part(to, '')]),
    'a multi-send of zero outputs': (from) => multiSend([part(from, '5aaa')], [part(to, '5aaa'), part(to, '0aaa')]),
    'a multi-send of too much': (from) => multiSend([part(from, '5000000aaa')], [part(to, '5000000aaa')]),
    'a multi-send of a locked coin': (from) => multiSend([part(from, '5locked')], [part(to, '5locked')]),
    'a multi-send to a blocked account': (from) => multiSend([part(from, '5aaa')], [part(module('mint'), '5aaa')]),
    'a multi-send to a bad address': (from) => multiSend([part(from, '5aaa')], [part('bob', '5aaa')]),
    'a multi-send of unsorted coins': (from) => multiSend([part(from, '5zzz,5aaa')], [part(to, '5zzz,5aaa')]),
    'a multi-send of the same sender twice': (from) =>
      multiSend([part(from, '2aaa'), part(from, '3aaa')], [part(to, '5aaa')]),
    'parameters changed by a stranger': (from) => ({
      typeUrl: '/cosmos.bank.v1beta1.MsgUpdateParams',
      value: bankTx.MsgUpdateParams.encode({
        authority: from.text,
        params: { sendEnabled: [], defaultSendEnabled: false },
      }).finish(),
    }),
    'sending switched off by a stranger': (from) => ({
      typeUrl: '/cosmos.bank.v1beta1.MsgSetSendEnabled',
      value: bankTx.MsgSetSendEnabled.encode({ authority: from.text, sendEnabled: [], useDefaultFor: [] }).finish(),
    }),
    'a coin whose parts are out of order': (from) => {
      const coin = lengthField(3, concat(lengthField(2, Buffer.from('1')), lengthField(1, Buffer.from('aaa'))));
      const bare = send(from, to, '');
      return { ...bare, value: concat(bare.value, coin) };
    },
  };
  for (const [name, make] of Object.entries(cases)) {
    const from = world.fresh();
    await world.send(name, { signers: [from], messages: [make(from)] });
    await world.block();
  }
  const empty = world.fresh();
  await world.send('a multi-send without inputs', {
    signers: [empty],
    messages: [multiSend([], [part(to, '5aaa')])],
  });
}

function message(from: Key, toAddress: string, name: string, amount: string): Message {
  const value = bankTx.MsgSend.encode({
    fromAddress: from.text,
    toAddress,
    amount: [{ denom: name, amount }],
  }).finish();
  return { typeUrl: '/cosmos.bank.v1beta1.MsgSend', value };
}
