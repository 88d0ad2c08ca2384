import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bankTx, protoAny } from '../../sdk/codec/index.ts';
import { CodedError } from '../errors.ts';
import { requireSchema, schemas } from './schema.ts';
import { arbitraryMessage, txMessages } from './testing/arbitrary.ts';
import { rejectUnknownFields } from './unknownFields.ts';

const send = requireSchema('cosmos.bank.v1beta1.MsgSend');
const grant = requireSchema('cosmos.feegrant.v1beta1.MsgGrantAllowance');
const body = requireSchema('cosmos.tx.v1beta1.TxBody');

function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A length-delimited field. */
function nested(number: number, content: Uint8Array): Uint8Array {
  return join([number * 8 + 2, content.length], content);
}

function packed(typeUrl: string, value: Uint8Array): Uint8Array {
  return protoAny.Any.encode({ typeUrl, value }).finish();
}

function problem(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof CodedError) return `${error.codespace} ${error.code}: ${error.message}`;
    throw error;
  }
}

/** Field 30, a varint of 1: critical. */
const critical = [0xf0, 0x01, 1];
/** Field 1054: bit 11 is set. */
const nonCritical = [0xf0, 0x41, 1];

describe('unknown fields', () => {
  it.each(txMessages().map((message) => [message.typeName, message] as const))(
    'are refused in %s, which passes without them',
    (name, message) => {
      const schema = requireSchema(name);
      fc.assert(
        fc.property(arbitraryMessage(message), (bytes) => {
          expect(rejectUnknownFields(bytes, schema)).toEqual({ nonCritical: false });
          expect(rejectUnknownFields(join(bytes, nonCritical), schema)).toEqual({ nonCritical: true });
          expect(problem(() => rejectUnknownFields(join(bytes, critical), schema))).toMatch(
            /^sdk 2: errUnknownField "\*[a-z0-9]+\.\w+": {TagNum: 30, WireType:"varint"}: tx parse error$/,
          );
          expect(problem(() => rejectUnknownFields(join(bytes, nonCritical), schema, 'refuse'))).toContain(
            'TagNum: 1054',
          );
        }),
        { numRuns: 10 },
      );
    },
  );

  it('are found in nested messages and inside Any, at any depth', () => {
    const coin = join([0x0a, 1, 0x61], critical);
    expect(problem(() => rejectUnknownFields(nested(3, coin), send))).toContain('"*types.Coin"');
    const allowance = (inner: Uint8Array) =>
      join(nested(3, packed('/cosmos.feegrant.v1beta1.AllowedMsgAllowance', nested(1, inner))));
    const basic = (value: readonly number[]) => packed('/cosmos.feegrant.v1beta1.BasicAllowance', join(value));
    expect(problem(() => rejectUnknownFields(allowance(basic([])), grant))).toBeUndefined();
    expect(problem(() => rejectUnknownFields(allowance(basic(critical)), grant))).toContain(
      '"*feegrant.BasicAllowance"',
    );
    expect(rejectUnknownFields(allowance(basic(nonCritical)), grant)).toEqual({ nonCritical: true });
  });

  it('are not what a type is that nobody knows', () => {
    const unknown = nested(1, packed('/cosmos.bank.v1beta1.MsgBurnt', new Uint8Array()));
    expect(problem(() => rejectUnknownFields(unknown, body))).toBe(
      'sdk 2: unable to resolve type URL /cosmos.bank.v1beta1.MsgBurnt: tx parse error',
    );
  });

  it('end with Anys that are nested too deeply', () => {
    let inner = packed('/cosmos.feegrant.v1beta1.BasicAllowance', new Uint8Array());
    for (let depth = 0; depth < 10; depth++) {
      inner = packed('/cosmos.feegrant.v1beta1.AllowedMsgAllowance', nested2(1, inner));
    }
    expect(problem(() => rejectUnknownFields(nested2(3, inner), grant))).toContain('max recursion depth exceeded');
  });
});

/** As `nested`, for content of up to 16,383 bytes. */
function nested2(number: number, content: Uint8Array): Uint8Array {
  const length = content.length < 128 ? [content.length] : [(content.length & 0x7f) | 0x80, content.length >> 7];
  return join([number * 8 + 2], length, content);
}

describe('what decoders could read differently', () => {
  const fee = requireSchema('cosmos.tx.v1beta1.Fee');
  const single = requireSchema('cosmos.tx.v1beta1.ModeInfo.Single');
  it.each([
    ['a text twice', join(nested(1, join([0x61])), nested(1, join([0x62]))), send, 'more than once'],
    ['text that is not UTF-8', nested(1, Uint8Array.of(0xff)), send, 'not UTF-8'],
    ['a number where text belongs', Uint8Array.of(0x08, 1), send, 'GotWireType: "varint" != WantWireType: "bytes"'],
    ['a padded number', Uint8Array.of(0x10, 0x81, 0), fee, 'shortest form'],
    ['a number over 64 bits', join([0x10], new Uint8Array(9).fill(0xff), [2]), fee, 'larger than 64 bits'],
    ['a number that never ends', join([0x10], new Uint8Array(11).fill(0xff)), fee, 'longer than 10 bytes'],
    ['an enum over 32 bits', join([0x08], [0xff, 0xff, 0xff, 0xff, 0x1f]), single, 'beyond its type'],
    ['a group', Uint8Array.of(0x2b, 0x2c), send, 'wire type start_group'],
    ['field 0', Uint8Array.of(0x00, 1), send, 'out of range'],
    ['a length beyond the end', Uint8Array.of(0x0a, 0x05, 1), send, '4 bytes past the end'],
    ['a length that is cut off', Uint8Array.of(0x0a, 0x85), send, 'cut off'],
  ])('is refused: %s', (_name, bytes, schema, text) => {
    expect(problem(() => rejectUnknownFields(bytes, schema))).toContain(text);
  });

  it('is not a negative enum, an order of fields or a zero that is written out', () => {
    expect(rejectUnknownFields(join([0x08], new Uint8Array(9).fill(0xff), [1]), single)).toEqual({
      nonCritical: false,
    });
    expect(rejectUnknownFields(Uint8Array.of(0x12, 0, 0x0a, 0), send)).toEqual({ nonCritical: false });
  });
});

it('throws nothing but coded errors, whatever the bytes and the type', () => {
  const types = [...schemas.values()];
  const message = bankTx.MsgSend.fromPartial({ fromAddress: 'a', amount: [{ denom: 'b', amount: '1' }] });
  const seed = bankTx.MsgSend.encode(message).finish();
  fc.assert(
    fc.property(fc.nat(types.length - 1), fc.uint8Array({ maxLength: 60 }), (index, noise) => {
      for (const bytes of [noise, join(seed, noise), join(noise, seed)]) {
        for (const schema of [types[index], send, body]) {
          if (schema !== undefined) problem(() => rejectUnknownFields(bytes, schema));
        }
      }
    }),
    { numRuns: 1000 },
  );
});
