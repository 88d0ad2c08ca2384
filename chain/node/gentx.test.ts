import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { coins, DirectSecp256k1HdWallet } from '@cosmjs/proto-signing';
import { afterAll, expect, test } from 'vitest';
import { openStateMachine } from '../main.ts';
import { defaultAppState } from './defaultState.ts';
import { addAccount, buildGenesis } from './genesis.ts';
import { checkGenesis } from './genesisCheck.ts';
import { collectGentxs, makeGentx, readGentxs, saveGentx } from './gentx.ts';
import { ed25519PublicKey, testSeeds } from './nodeKeys.ts';

// A public test mnemonic (BIP-39's own example).
const mnemonic = `${'abandon '.repeat(11)}about`;
const folder = mkdtempSync(join(tmpdir(), 'infinet-gentx-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const peer = `${'ab'.repeat(20)}@192.0.2.1:26656`;
const vrfPublicKey = ed25519PublicKey(testSeeds('gentx').vrf);
const signer = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: 'infinet' });
const address = (await signer.getAccounts())[0]?.address ?? '';
const genesis = addAccount(
  buildGenesis({ chainId: 'g-1', prefix: 'infinet', denom: 'uinf', modules: defaultAppState('uinf') }),
  { address, coins: coins('5000000', 'uinf') },
);
const publicKey = ed25519PublicKey(testSeeds('gentx').validator);
const options = { genesis, signer, moniker: 'v', publicKey, vrfPublicKey, tokens: 4_000_000n, peer };

test("a genesis tx goes through a file in the SDK's JSON into a genesis that holds together", async () => {
  const gentx = await makeGentx(options);
  const path = saveGentx(folder, gentx);
  expect(basename(path)).toBe(`gentx-${'ab'.repeat(20)}.json`);
  const json = JSON.parse(readFileSync(path, 'utf8'));
  expect(Object.keys(json)).toEqual(['body', 'auth_info', 'signatures']);
  expect(json.body.messages[0]).toMatchObject({ '@type': '/cosmos.staking.v1beta1.MsgCreateValidator' });
  expect(json.body.messages[0].commission.rate).toBe('0.100000000000000000');
  expect(readGentxs(folder)).toEqual([gentx]);
  const collected = collectGentxs(genesis, readGentxs(folder));
  expect(collected.app_state.genutil?.gen_txs).toEqual([json]);
  expect(collected.app_state.beacon?.keys).toEqual([
    { operator: address, public_key: Buffer.from(vrfPublicKey).toString('base64') },
  ]);
  // What was collected takes the place of what was there.
  expect(collectGentxs(collected, [gentx])).toEqual(collected);
  expect((await checkGenesis(collected, openStateMachine, 'g')).validators).toEqual([
    { publicKey: Buffer.from(publicKey).toString('base64'), power: '4' },
  ]);
});

test('a genesis tx without a VRF key is as good, and one by twice the same operator or without funds is not', async () => {
  const plain = await makeGentx({ ...options, vrfPublicKey: new Uint8Array() });
  expect(plain).toMatchObject({ peer, vrfPublicKey: new Uint8Array() });
  expect(collectGentxs(genesis, [plain]).app_state.beacon?.keys).toEqual([]);
  expect(() => collectGentxs(genesis, [plain, plain])).toThrow('two genesis transactions create the validator');
  expect(() => collectGentxs(genesis, [])).toThrow('no genesis transactions to collect');
  const greedy = await makeGentx({ ...options, tokens: 5_000_001n });
  expect(() => collectGentxs(genesis, [greedy])).toThrow('and has 5000000uinf in the genesis: add it first');
  await expect(makeGentx({ ...options, peer: 'here' })).rejects.toThrow('<node id>@host:port');
});

test.each([
  ['half a file', '{"body": {'],
  ['another message', '{"body":{"messages":[]},"auth_info":{},"signatures":[]}'],
  ['the form of other software', '{"tx": "AQID"}'],
])('%s among them is named by its file', (_name, text) => {
  const path = join(folder, 'gentx-wrong.json');
  writeFileSync(path, text);
  expect(() => readGentxs(folder)).toThrow(`${path} is not a genesis transaction: `);
  rmSync(path);
});
