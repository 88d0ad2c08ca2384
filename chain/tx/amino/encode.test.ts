import {
  type AminoConverters,
  AminoTypes,
  createAuthzAminoConverters,
  createBankAminoConverters,
  createDistributionAminoConverters,
  createFeegrantAminoConverters,
  createGovAminoConverters,
  createStakingAminoConverters,
  createVestingAminoConverters,
} from '@cosmjs/stargate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bankTx, coin, multisigKeys, stakingTx } from '../../../sdk/codec/index.ts';
import { addresses, alice, bob, publicKeyOf } from '../../app/testing/txs.ts';
import { arbitraryMessage, txMessages } from '../testing/arbitrary.ts';
import { encodeAny, encodeText } from './encode.ts';
import { plans } from './plan.ts';
import { durationText, timestampText } from './times.ts';

const uinf = (amount: string) => ({ denom: 'uinf', amount });

describe('amino JSON', () => {
  it('is what CosmJS signs for its own messages', () => {
    const types = new AminoTypes({ ...createBankAminoConverters(), ...createStakingAminoConverters() });
    const operator = addresses.operatorText(bob.address);
    const messages = [
      {
        typeUrl: '/cosmos.bank.v1beta1.MsgSend',
        value: bankTx.MsgSend.fromPartial({ fromAddress: alice.text, toAddress: bob.text, amount: [uinf('5')] }),
        type: bankTx.MsgSend,
      },
      {
        typeUrl: '/cosmos.bank.v1beta1.MsgSend',
        value: bankTx.MsgSend.fromPartial({ fromAddress: alice.text, toAddress: bob.text }),
        type: bankTx.MsgSend,
      },
    ];
    for (const { typeUrl, value, type } of messages) {
      expect(JSON.parse(encodeAny({ typeUrl, value: type.encode(value).finish() }))).toEqual(
        types.toAmino({ typeUrl, value }),
      );
    }
    const delegation = stakingTx.MsgDelegate.fromPartial({
      delegatorAddress: alice.text,
      validatorAddress: operator,
      amount: uinf('7'),
    });
    const typeUrl = '/cosmos.staking.v1beta1.MsgDelegate';
    expect(JSON.parse(encodeAny({ typeUrl, value: stakingTx.MsgDelegate.encode(delegation).finish() }))).toEqual(
      types.toAmino({ typeUrl, value: delegation }),
    );
  });

  it('names every message as CosmJS does', () => {
    const converters: AminoConverters = {
      ...createAuthzAminoConverters(),
      ...createBankAminoConverters(),
      ...createDistributionAminoConverters(),
      ...createFeegrantAminoConverters(),
      ...createGovAminoConverters(),
      ...createStakingAminoConverters(),
      ...createVestingAminoConverters(),
    };
    for (const [typeUrl, converter] of Object.entries(converters)) {
      // CosmJS kept the name of old; the SDK shortened it for Ledgers.
      if (typeUrl === '/cosmos.distribution.v1beta1.MsgWithdrawValidatorCommission') continue;
      expect(plans.get(typeUrl.slice(1))?.name, typeUrl).toBe(converter.aminoType);
    }
  });

  it('keeps decimals as they were sent, without a point', () => {
    const value = stakingTx.MsgEditValidator.encode(
      stakingTx.MsgEditValidator.fromPartial({ commissionRate: '110000000000000000', validatorAddress: 'v' }),
    ).finish();
    const json = JSON.parse(encodeAny({ typeUrl: '/cosmos.staking.v1beta1.MsgEditValidator', value }));
    expect(json.value.commission_rate).toBe('110000000000000000');
  });

  it('leaves empty fields out, but not those that the options name', () => {
    const coinOnly = coin.Coin.encode({ denom: '', amount: '' }).finish();
    expect(encodeAny({ typeUrl: '/cosmos.base.v1beta1.Coin', value: coinOnly })).toBe(
      '{"type":"/cosmos.base.v1beta1.Coin","value":{"amount":"0"}}',
    );
    expect(encodeAny({ typeUrl: '/cosmos.bank.v1beta1.MsgSend', value: new Uint8Array() })).toBe(
      '{"type":"cosmos-sdk/MsgSend","value":{"amount":[]}}',
    );
  });

  it('writes keys as wallets do', () => {
    const threshold = multisigKeys.LegacyAminoPubKey.encode({
      threshold: 2,
      publicKeys: [publicKeyOf(alice)],
    }).finish();
    const key = Buffer.from(alice.point).toString('base64');
    const text = encodeAny({ typeUrl: '/cosmos.crypto.multisig.LegacyAminoPubKey', value: threshold });
    expect(text).toBe(
      '{"type":"tendermint/PubKeyMultisigThreshold","value":{"threshold":"2","pubkeys":' +
        `[{"type":"tendermint/PubKeySecp256k1","value":"${key}"}]}}`,
    );
  });

  it('gives our own messages their type URL as name', () => {
    const text = encodeAny({ typeUrl: '/infinet.rewards.v1.MsgClaimRewards', value: Uint8Array.of(0x0a, 1, 0x61) });
    expect(text).toBe('{"type":"/infinet.rewards.v1.MsgClaimRewards","value":{"claimant":"a"}}');
  });

  it('escapes text as CosmJS and Go do', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(JSON.parse(encodeText(text))).toBe(text);
        expect(encodeText(text)).not.toMatch(/[<>&\u2028\u2029]/);
      }),
    );
    expect(encodeText('a&b<c>"\\\n\b\u0001\u2028')).toBe('"a\\u0026b\\u003cc\\u003e\\"\\\\\\n\\b\\u0001\\u2028"');
  });

  it('is sorted and valid JSON for any message, or an Error', () => {
    for (const message of txMessages()) {
      fc.assert(
        fc.property(arbitraryMessage(message), (value) => {
          let text: string;
          try {
            text = encodeAny({ typeUrl: `/${message.typeName}`, value });
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
            return;
          }
          const parsed: unknown = JSON.parse(text);
          expect(Object.keys(Object(parsed))).toEqual(['type', 'value']);
        }),
        { numRuns: 20 },
      );
    }
  });
});

describe('times in amino JSON', () => {
  it('are RFC 3339 with as many digits as needed', () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31') }),
        (date) => {
          const milliseconds = BigInt(date.getTime());
          const rest = ((milliseconds % 1000n) + 1000n) % 1000n;
          const text = timestampText((milliseconds - rest) / 1000n, rest * 1_000_000n);
          const [whole, fraction = ''] = date.toISOString().slice(0, -1).split('.');
          const digits = fraction.replace(/0+$/, '');
          expect(JSON.parse(text)).toBe(`${whole}${digits === '' ? '' : `.${digits}`}Z`);
        },
      ),
    );
    expect(timestampText(0n, 1n)).toBe('"1970-01-01T00:00:00.000000001Z"');
    expect(() => timestampText(1n << 62n, 0n)).toThrow('outside of the years');
    expect(() => timestampText(0n, -1n)).toThrow('non-negative');
  });

  it('are nanoseconds for durations', () => {
    expect(durationText(1n, 5n)).toBe('"1000000005"');
    expect(() => durationText(1n << 62n, 0n)).toThrow('overflow');
  });
});
