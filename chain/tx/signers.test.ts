import { fromBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bankTx, stakingTx } from '../../sdk/codec/index.ts';
import { addresses, alice, bob } from '../app/testing/txs.ts';
import { signersOf } from './signers.ts';
import { arbitraryMessage, txMessages } from './testing/arbitrary.ts';

describe('the signers of a message', () => {
  it('are a field that its descriptor names', () => {
    const message = bankTx.MsgSend.fromPartial({ fromAddress: alice.text, toAddress: bob.text });
    expect(signersOf('/cosmos.bank.v1beta1.MsgSend')(bankTx.MsgSend.encode(message).finish())).toEqual([alice.text]);
  });

  it('are in the inputs of a multi-send', () => {
    const inputs = [alice, bob].map(({ text }) => ({ address: text, coins: [] }));
    const bytes = bankTx.MsgMultiSend.encode({ inputs, outputs: [] }).finish();
    expect(signersOf('/cosmos.bank.v1beta1.MsgMultiSend')(bytes)).toEqual([alice.text, bob.text]);
  });

  it('are accounts where the message names an operator', () => {
    const validatorAddress = addresses.operatorText(alice.address);
    const bytes = stakingTx.MsgEditValidator.encode(
      stakingTx.MsgEditValidator.fromPartial({ validatorAddress }),
    ).finish();
    expect(signersOf('/cosmos.staking.v1beta1.MsgEditValidator')(bytes)).toEqual([alice.text]);
  });

  it('are an empty address where the message has none, which nobody can sign for', () => {
    expect(signersOf('/cosmos.bank.v1beta1.MsgSend')(new Uint8Array())).toEqual(['']);
  });

  it('are named by every message but the one that no account sends', () => {
    for (const message of txMessages()) {
      if (message.typeName === 'infinet.oracle.v1.MsgVoteExtensions') continue;
      const read = signersOf(`/${message.typeName}`);
      fc.assert(
        fc.property(arbitraryMessage(message), (bytes) => {
          fromBinary(message, bytes);
          for (const signer of read(bytes)) expect(typeof signer).toBe('string');
        }),
        { numRuns: 5 },
      );
    }
  });

  it('are asked for when a chain is wired: a type without them is refused', () => {
    expect(() => signersOf('/cosmos.bank.v1beta1.QueryBalanceRequest')).toThrow('no cosmos.msg.v1.signer option');
    expect(() => signersOf('/cosmos.bank.v1beta1.MsgBurnt')).toThrow('no descriptor');
  });
});
