import { createMultisigThresholdPubkey, pubkeyToAddress, Secp256k1HdWallet } from '@cosmjs/amino';
import { coins, makeMultisignedTxBytes, SigningStargateClient, type StdFee } from '@cosmjs/stargate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { feegrant, feegrantTx } from '../../sdk/codec/index.ts';
import { denom, SingleNode } from './singleNode.ts';

/** What people with hardware wallets, shared treasuries and somebody who pays for them do, with unmodified CosmJS. */

const fee: StdFee = { amount: coins(3000, denom), gas: '300000' };

let single: SingleNode;

beforeAll(async () => {
  single = await SingleNode.create('wallets');
  await single.start();
});

afterAll(() => single?.remove());

/** An account with coins whose wallet signs amino JSON only, as a Ledger does. */
async function aminoAccount(amount: number) {
  const wallet = await Secp256k1HdWallet.generate(12, { prefix: 'infinet' });
  const [account] = await wallet.getAccounts();
  if (account === undefined) throw new Error('the wallet is empty');
  if (amount > 0) await single.client.sendTokens(single.sender, account.address, coins(amount, denom), fee);
  const url = `http://127.0.0.1:${single.ports.rpc}`;
  const client = await SigningStargateClient.connectWithSigner(url, wallet, { broadcastPollIntervalMs: 100 });
  const key = { type: 'tendermint/PubKeySecp256k1', value: Buffer.from(account.pubkey).toString('base64') };
  return { address: account.address, client, key };
}

function send(from: string, amount: string) {
  return {
    typeUrl: '/cosmos.bank.v1beta1.MsgSend',
    value: { fromAddress: from, toAddress: single.sender, amount: coins(amount, denom) },
  };
}

test('a wallet that signs amino JSON sends coins, delegates and writes a memo that JSON escapes', async () => {
  const { address, client } = await aminoAccount(2_000_000);
  const sent = await client.sendTokens(address, single.sender, coins(5, denom), fee, 'a & b <c> "d" é');
  expect(sent).toMatchObject({ code: 0 });
  const delegated = await client.delegateTokens(address, await firstValidator(), { denom, amount: '1000000' }, fee);
  expect(delegated).toMatchObject({ code: 0 });
  client.disconnect();
});

test('two of three members send from their account', async () => {
  const members = await Promise.all([0, 0, 0].map(aminoAccount));
  const key = createMultisigThresholdPubkey(
    members.map((member) => member.key),
    2,
  );
  const address = pubkeyToAddress(key, 'infinet');
  await single.client.sendTokens(single.sender, address, coins(10_000, denom), fee);
  const account = await single.client.getAccount(address);
  if (account === null) throw new Error('the account was not made');
  const signer = { accountNumber: account.accountNumber, sequence: account.sequence, chainId: single.chainId };
  const signatures = new Map<string, Uint8Array>();
  let bodyBytes = new Uint8Array();
  for (const member of members.slice(0, 2)) {
    const signed = await member.client.sign(member.address, [send(address, '77')], fee, 'ours', signer);
    bodyBytes = Uint8Array.from(signed.bodyBytes);
    for (const signature of signed.signatures) signatures.set(member.address, signature);
  }
  const result = await single.client.broadcastTx(
    makeMultisignedTxBytes(key, account.sequence, fee, bodyBytes, signatures),
    20_000,
    100,
  );
  expect(result).toMatchObject({ code: 0 });
  expect(await single.balance(address)).toBe(10_000n - 77n - 3000n);
  for (const { client } of members) client.disconnect();
});

test('an account pays the fees of another one, which has next to nothing, until the allowance is used up', async () => {
  const poor = await aminoAccount(100);
  const allowance = {
    typeUrl: '/cosmos.feegrant.v1beta1.BasicAllowance',
    value: feegrant.BasicAllowance.encode({ spendLimit: coins(3000, denom) }).finish(),
  };
  const grant = {
    typeUrl: '/cosmos.feegrant.v1beta1.MsgGrantAllowance',
    value: feegrantTx.MsgGrantAllowance.fromPartial({ granter: single.sender, grantee: poor.address, allowance }),
  };
  expect(await single.client.signAndBroadcast(single.sender, [grant], fee)).toMatchObject({ code: 0 });
  const granted = { ...fee, granter: single.sender };
  const paid = await poor.client.signAndBroadcast(poor.address, [send(poor.address, '40')], granted);
  expect(paid).toMatchObject({ code: 0 });
  expect(await single.balance(poor.address)).toBe(60n);
  await expect(poor.client.signAndBroadcast(poor.address, [send(poor.address, '1')], granted)).rejects.toThrow(
    'does not allow to pay fees',
  );
  poor.client.disconnect();
});

async function firstValidator(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${single.ports.rest}/cosmos/staking/v1beta1/validators`);
  const { validators }: { validators: { operator_address: string }[] } = JSON.parse(await response.text());
  return validators[0]?.operator_address ?? '';
}
