import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from './config.ts';
import { initHome } from './home.ts';
import { consensusAddress, ed25519PublicKey, readIdentity, readVrfSeed, testSeeds } from './nodeKeys.ts';
import { homePaths } from './paths.ts';
import { editToml } from './tomlEdit.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'infinet-home-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const comet = { rpc: '127.0.0.1:26657', p2p: '127.0.0.1:26656', local: true, timeoutCommitMs: 500 };
const config = { abci: '127.0.0.1:26658', api: '127.0.0.1:26661' };

test('a new home loads, its keys are private and its settings are where CometBFT looks', async () => {
  const identity = await initHome({ home, moniker: 'a "quoted" name', comet, config });
  const paths = homePaths(home);
  expect(loadConfig(paths.config).abci.address.port).toBe(26658);
  expect(readIdentity(paths)).toEqual(identity);
  expect(readVrfSeed(paths)?.length).toBe(32);
  for (const path of [paths.nodeKey, paths.validatorKey, paths.vrfKey]) expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(parse(readFileSync(paths.cometConfig, 'utf8'))).toMatchObject({
    moniker: 'a "quoted" name',
    proxy_app: 'tcp://127.0.0.1:26658',
    p2p: { allow_duplicate_ip: true },
    consensus: { timeout_commit: '500ms' },
  });
});

test('a home is never made over another one', async () => {
  await initHome({ home, moniker: 'first', comet, config });
  await expect(initHome({ home, moniker: 'second', comet, config })).rejects.toThrow("is already a node's home");
});

test('test seeds give the same public identity everywhere', async () => {
  const identity = await initHome({ home, moniker: 'm', comet, config, seeds: testSeeds('node0') });
  expect(identity).toMatchObject({ nodeId: readIdentity(homePaths(home)).nodeId });
  expect(ed25519PublicKey(testSeeds('node0').vrf)).toEqual(identity.vrfPublicKey);
  expect(consensusAddress(identity.validatorPublicKey)).toEqual(identity.validatorAddress);
});

test('an Ed25519 seed gives the public key of RFC 8032, test 1', () => {
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
  expect(Buffer.from(ed25519PublicKey(seed)).toString('hex')).toBe(
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  );
});

test('settings are changed in their own section and comments stay', () => {
  const text = '# top\nladdr = "x"\n[rpc]\n# rpc\nladdr = "a"\n[p2p]\nladdr = "b" \n';
  expect(editToml(text, { p2p: { laddr: 'c' } })).toBe(
    '# top\nladdr = "x"\n[rpc]\n# rpc\nladdr = "a"\n[p2p]\nladdr = "c"\n',
  );
});

test('a setting that CometBFT does not have is an error that names it', () => {
  expect(() => editToml('[rpc]\na = 1\n', { rpc: { b: 1 } })).toThrow('config.toml has no rpc.b');
});
