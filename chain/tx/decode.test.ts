import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tx as txTypes } from '../../sdk/codec/index.ts';
import { toyModule } from '../app/testing/toyModule.ts';
import { makeTx, sendMessage } from '../app/testing/txs.ts';
import { CodedError } from '../errors.ts';
import { decodeTx, maxTxBytes } from './decode.ts';
import { MessageRouter } from './router.ts';

const router = new MessageRouter([toyModule({ votes: [], updates: [], broken: undefined })]);
const good = makeTx();
const raw = txTypes.TxRaw.decode(good);

function encode(change: Partial<txTypes.TxRaw>): Uint8Array {
  return txTypes.TxRaw.encode({ ...raw, ...change }).finish();
}

function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A varint field with a value of 1. */
function field(number: number): number[] {
  const tag = number << 3;
  return tag < 128 ? [tag, 1] : [(tag & 0x7f) | 0x80, tag >> 7, 1];
}

function withMessage(typeUrl: string, value: Uint8Array): Uint8Array {
  return encode({
    bodyBytes: txTypes.TxBody.encode(txTypes.TxBody.fromPartial({ messages: [{ typeUrl, value }] })).finish(),
  });
}

const send = sendMessage();

const bad: readonly [name: string, bytes: Uint8Array, code: number, log: string][] = [
  ['a body that is cut off', Uint8Array.of(0x0a, 5, 1), 2, 'field 1 ends 4 bytes past the end'],
  [
    'an unknown field in TxRaw',
    join(good, field(4)),
    2,
    'errUnknownField "*tx.TxRaw": {TagNum: 4, WireType:"varint"}: tx parse error',
  ],
  ['a non-critical unknown field in TxRaw', join(good, field(1024)), 2, 'TagNum: 1024'],
  ['the body twice', join([0x0a, 0], good), 2, 'more than once'],
  [
    'TxRaw fields out of order',
    join(good.subarray(raw.bodyBytes.length + 3), good.subarray(0, raw.bodyBytes.length + 3)),
    2,
    'ADR-027',
  ],
  [
    'an unknown critical field in the body',
    encode({ bodyBytes: join(raw.bodyBytes, field(9)) }),
    2,
    'errUnknownField "*tx.TxBody": {TagNum: 9, WireType:"varint"}',
  ],
  [
    'an unknown field in AuthInfo',
    encode({ authInfoBytes: join(raw.authInfoBytes, field(9)) }),
    2,
    'errUnknownField "*tx.AuthInfo": {TagNum: 9',
  ],
  [
    'a non-critical unknown field in AuthInfo',
    encode({ authInfoBytes: join(raw.authInfoBytes, field(1030)) }),
    2,
    'TagNum: 1030',
  ],
  [
    'an unknown critical field in a message',
    withMessage(send.typeUrl, join(send.value, field(8))),
    2,
    'errUnknownField "*types.MsgSend": {TagNum: 8',
  ],
  ['a truncated message', withMessage(send.typeUrl, send.value.subarray(0, -1)), 2, 'tx parse error'],
  ['a group in a message', withMessage(send.typeUrl, join(send.value, [0x2b, 0x2c])), 2, 'tx parse error'],
  [
    'an unknown message',
    withMessage('/infinet.oracle.v1.MsgVoteExtensions', new Uint8Array()),
    2,
    'unable to resolve type URL',
  ],
  ['a tx over the size limit', new Uint8Array(maxTxBytes + 1), 21, 'over the limit'],
  [
    'a critical extension option',
    encode({
      bodyBytes: txTypes.TxBody.encode(
        txTypes.TxBody.fromPartial({
          messages: [send],
          extensionOptions: [{ typeUrl: '/x.Y', value: new Uint8Array() }],
        }),
      ).finish(),
    }),
    2,
    'unable to resolve type URL /x.Y',
  ],
];

describe('decoding a tx', () => {
  it('gives its messages, signers and fee', () => {
    const tx = decodeTx(good, router);
    expect(tx.messages.map(({ typeUrl }) => typeUrl)).toEqual([send.typeUrl]);
    expect(tx.fee).toMatchObject({ gasLimit: 200_000n, coins: [{ denom: 'uinf', amount: 100n }] });
  });

  it.each(bad)('refuses %s', (_name, bytes, code, log) => {
    const error = thrown(() => decodeTx(bytes, router));
    expect(error).toBeInstanceOf(CodedError);
    expect(error).toMatchObject({ code, codespace: 'sdk', message: expect.stringContaining(log) });
  });

  it('lets unknown non-critical fields pass in the body and in messages', () => {
    expect(decodeTx(encode({ bodyBytes: join(raw.bodyBytes, field(1024)) }), router).memo).toBe('');
    expect(decodeTx(withMessage(send.typeUrl, join(send.value, field(1027))), router).messages).toHaveLength(1);
  });

  it('lets clients write zero values and another order of fields in the body', () => {
    const body = join([0x18, 0], raw.bodyBytes, [0x12, 0]);
    expect(decodeTx(encode({ bodyBytes: body }), router).messages).toHaveLength(1);
  });

  it('reads amounts as Go does: a sign, and octal after a zero', () => {
    const coins = (amount: string) =>
      decodeTx(makeTx({ fee: [{ denom: 'uinf', amount }] }), router).fee?.coins[0]?.amount;
    expect([coins('+1'), coins('01'), coins('010'), coins('-3')]).toEqual([1n, 1n, 8n, -3n]);
    for (const text of ['', '1.5', '0x1', '1e3', ' 1', '09', (1n << 256n).toString()]) {
      expect(
        thrown(() => coins(text)),
        text,
      ).toMatchObject({ code: 2 });
    }
  });

  it('throws nothing but coded errors, whatever the bytes', () => {
    const mutated = fc
      .tuple(fc.integer({ min: 0, max: good.length - 1 }), fc.integer({ min: 0, max: 255 }), fc.nat(good.length))
      .map(([index, byte, length]) =>
        good.map((old, at) => (at === index ? byte : old)).subarray(0, good.length - (length % 7)),
      );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated), (bytes) => {
        const error = thrown(() => decodeTx(bytes, router));
        expect(error === undefined || error instanceof CodedError, String(error)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

function thrown(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}
