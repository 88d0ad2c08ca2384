import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coins } from '@cosmjs/stargate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { homePaths } from '../../../chain/node/paths.ts';
import { editToml } from '../../../chain/node/tomlEdit.ts';
import { eventually, freePorts, type RunningNode, ready } from '../node.ts';
import { denom, SingleNode } from '../singleNode.ts';
import { ensurePrivValServer, type SignerOptions, startSigner } from './privValServer.ts';

/** A validator whose key is not on its machine: CometBFT asks a signer process for every signature. */
let single: SingleNode;
let folder: string;
let options: SignerOptions;
let signer: RunningNode | undefined;

const stateShape = z.object({ height: z.coerce.bigint() });
const signedHeight = () => stateShape.parse(JSON.parse(readFileSync(options.state, 'utf8'))).height;

beforeAll(async () => {
  const binary = await ensurePrivValServer();
  folder = mkdtempSync(join(tmpdir(), 'infinet-keys-'));
  single = await SingleNode.create('signer');
  const [port = 0] = await freePorts(1);
  const address = `tcp://127.0.0.1:${port}`;
  options = {
    binary,
    address,
    chainId: single.chainId,
    key: join(folder, 'priv_validator_key.json'),
    state: join(folder, 'priv_validator_state.json'),
  };
  const paths = homePaths(single.home);
  mkdirSync(folder, { recursive: true });
  renameSync(paths.validatorKey, options.key);
  renameSync(paths.validatorState, options.state);
  const settings = readFileSync(paths.cometConfig, 'utf8');
  writeFileSync(paths.cometConfig, editToml(settings, { '': { priv_validator_laddr: address } }));
});

afterAll(async () => {
  signer?.process.kill('SIGKILL');
  await single?.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('blocks come with the key at the signer alone, and a client is served', async () => {
  const started = single.start();
  await eventually('CometBFT', single.node, async () =>
    single.node.lines.some((line) => line.includes('CometBFT runs')) ? true : undefined,
  );
  // The signer dials and gives up after a second of refusals: CometBFT, which waits for it, has to listen by then.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  signer = startSigner(options);
  await started;
  const fee = { amount: coins(2000, denom), gas: '200000' };
  const result = await single.client.sendTokens(single.sender, single.sender, coins(1, denom), fee);
  expect(result.code).toBe(0);
  expect(signedHeight()).toBeGreaterThanOrEqual(BigInt(result.height));
  // What CometBFT made in the place of the key is another one, which no block needed.
  const key = homePaths(single.home).validatorKey;
  if (existsSync(key)) expect(readFileSync(key, 'utf8')).not.toBe(readFileSync(options.key, 'utf8'));
});

test('without its signer the validator makes no block, and goes on when the signer is back', async () => {
  signer?.process.kill('SIGKILL');
  await signer?.ended;
  const stopped = signedHeight();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect((await ready(single.ports.api))?.height).toBeLessThanOrEqual(stopped);
  expect(single.node.process.exitCode).toBeNull();
  signer = startSigner(options);
  await eventually('blocks after the signer came back', single.node, async () => {
    const now = await ready(single.ports.api);
    return now !== undefined && now.height > stopped + 2n ? now : undefined;
  });
});
