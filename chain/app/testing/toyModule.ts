import { bankTx, protoAny } from '../../../sdk/codec/index.ts';
import { Table } from '../../collections/collections.ts';
import { bytesKey } from '../../collections/keys.ts';
import { intValue, type ValueCodec } from '../../collections/values.ts';
import type { Context } from '../../context.ts';
import { fail, sdkErrors } from '../../errors.ts';
import { JsonNode } from '../../json/node.ts';
import { handle, query } from '../../message.ts';
import type { ExtendedVote, Module, ValidatorUpdate } from '../../module.ts';
import type { Accounts, FeeBank, TxAccount } from '../../tx/accounts.ts';
import { addresses, alice, bob, sendUrl } from './txs.ts';

/** Toy accounts, a toy bank and one toy message, with every hook of a module. */

const accountValue: ValueCodec<TxAccount> = {
  write: ({ accountNumber, sequence, pubKey }) =>
    Buffer.from(
      JSON.stringify([
        accountNumber.toString(),
        sequence.toString(),
        pubKey?.typeUrl,
        pubKey && Buffer.from(pubKey.value).toString('hex'),
      ]),
    ),
  read: (bytes) => {
    const parsed: readonly [string, string, string?, string?] = JSON.parse(Buffer.from(bytes).toString());
    const [accountNumber, sequence, typeUrl, value] = parsed;
    return {
      accountNumber: BigInt(accountNumber),
      sequence: BigInt(sequence),
      pubKey: typeUrl ? { typeUrl, value: Uint8Array.from(Buffer.from(value ?? '', 'hex')) } : undefined,
    };
  },
};

const accountTable = new Table('acc', '\x01', bytesKey, accountValue);
const balances = new Table('toy', '\x01', bytesKey, intValue);
const received = new Table('toy', '\x02', bytesKey, intValue);

export const toyAccounts: Accounts = {
  params: () => ({
    maxMemoCharacters: 256n,
    txSigLimit: 7n,
    txSizeCostPerByte: 10n,
    sigVerifyCostEd25519: 590n,
    sigVerifyCostSecp256k1: 1000n,
  }),
  get: (ctx, address) => accountTable.get(ctx, address),
  setPubKey: (ctx, address, pubKey) => accountTable.set(ctx, address, { ...existing(ctx, address), pubKey }),
  incrementSequence: (ctx, address) => {
    const account = existing(ctx, address);
    accountTable.set(ctx, address, { ...account, sequence: account.sequence + 1n });
  },
};

function existing(ctx: Context, address: Uint8Array): TxAccount {
  const account = accountTable.get(ctx, address);
  if (account === undefined) throw new Error('no such account');
  return account;
}

export const toyBank: FeeBank = {
  sendToModule: (ctx, from, moduleName, coins) => {
    for (const { amount } of coins) {
      const left = (balances.get(ctx, from) ?? 0n) - BigInt(amount);
      if (left < 0n) fail(sdkErrors.insufficientFunds, `${amount} is too much`);
      balances.set(ctx, from, left);
      ctx.log.emit({ type: 'toy_fee', attributes: [{ key: 'to', value: moduleName }] });
    }
  },
};

/** What the hooks of one toy module were given, newest last. */
export interface ToyLog {
  readonly votes: (readonly ExtendedVote[])[];
  updates: readonly ValidatorUpdate[];
  broken: string | undefined;
}

/** The first coin's denom says what a send does after it has written and emitted: nothing, `fail`, `panic` or `burngas`. */
export function toyModule(log: ToyLog): Module {
  const send = {
    typeUrl: sendUrl,
    request: bankTx.MsgSend,
    response: bankTx.MsgSendResponse,
  };
  return {
    name: 'toy',
    stores: ['acc', 'toy'],
    messages: [
      handle(send, (ctx, message) => {
        const [coin] = message.amount;
        const to = addresses.account(message.toAddress);
        received.set(ctx, to, (received.get(ctx, to) ?? 0n) + BigInt(coin?.amount ?? '0'));
        ctx.log.emit({ type: 'toy_send', attributes: [{ key: 'amount', value: coin?.amount ?? '' }] });
        if (coin?.denom === 'fail') fail(sdkErrors.insufficientFunds, 'as asked');
        if (coin?.denom === 'panic') throw new TypeError('as asked');
        if (coin?.denom === 'burngas') ctx.gas.consume(10_000_000n, 'toy');
        return {};
      }),
    ],
    queries: [
      query('/toy.Query/Received', protoAny.Any, protoAny.Any, (ctx, request) => {
        const value = received.get(ctx, request.value);
        if (value === undefined) fail(sdkErrors.keyNotFound, 'nothing received');
        return { typeUrl: value.toString(), value: new Uint8Array() };
      }),
    ],
    initGenesis: (ctx, state) => {
      const more = new JsonNode(state, 'toy').field('accounts').list();
      const accounts = [alice.address, bob.address, ...more.map((node) => node.bytes())];
      for (const [index, address] of accounts.entries()) {
        accountTable.set(ctx, address, { accountNumber: BigInt(index + 7), sequence: 0n });
        balances.set(ctx, address, 1_000_000n);
      }
      return [];
    },
    beginBlock: (ctx) => ctx.log.emit({ type: 'toy_begin', attributes: [] }),
    endBlock: (ctx) => {
      ctx.log.emit({ type: 'toy_end', attributes: [{ key: 'k', value: 'v' }] });
      const { updates } = log;
      log.updates = [];
      return updates;
    },
    voteExtensions: (_ctx, votes) => void log.votes.push(votes),
    invariants: [{ name: 'toy', check: () => log.broken }],
  };
}
