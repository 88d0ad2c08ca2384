import { expect, test } from 'vitest';
import { infinetTypes } from '../registry.ts';
import { descriptorSet, descriptors, flagOption, messageOf, option, textOption } from './descriptors.ts';

test('names who signs each message, ours included', () => {
  for (const [typeUrl] of infinetTypes) {
    const message = messageOf(typeUrl);
    expect(message, typeUrl).toBeDefined();
    if (message !== undefined) expect(option(message, 'cosmos.msg.v1.signer'), typeUrl).toHaveLength(1);
  }
});

test('carries the options that amino JSON and REST are made from', () => {
  const send = messageOf('/cosmos.bank.v1beta1.MsgSend');
  const amount = send?.field.amount;
  if (send === undefined || amount === undefined) throw new Error('MsgSend has no descriptor');
  expect(option(send, 'cosmos.msg.v1.signer')).toEqual(['from_address']);
  expect(textOption(send, 'amino.name')).toBe('cosmos-sdk/MsgSend');
  expect(textOption(amount, 'amino.encoding')).toBe('legacy_coins');
  expect(flagOption(amount, 'amino.dont_omitempty')).toBe(true);
  expect(textOption(amount, 'cosmos_proto.scalar')).toBeUndefined();
  const balance = descriptors.getService('cosmos.bank.v1beta1.Query')?.method.balance;
  if (balance === undefined) throw new Error('Query has no method Balance');
  expect(option(balance, 'google.api.http')).toMatchObject({
    pattern: { case: 'get', value: '/cosmos/bank/v1beta1/balances/{address}/by_denom' },
  });
});

test('refuses options that no file declares, and finds no message by a name without its slash', () => {
  const send = messageOf('/cosmos.bank.v1beta1.MsgSend');
  if (send === undefined) throw new Error('MsgSend has no descriptor');
  expect(() => option(send, 'cosmos.msg.v1.signers')).toThrow('have no option');
  expect(messageOf('cosmos.bank.v1beta1.MsgSend')).toBeUndefined();
});

test('lists each file once, after all files that it imports', () => {
  const seen = new Set<string>();
  for (const { name, dependency } of descriptorSet.file) {
    for (const imported of dependency) expect(seen, `${name} imports ${imported}`).toContain(imported);
    expect(seen).not.toContain(name);
    seen.add(name);
  }
});
