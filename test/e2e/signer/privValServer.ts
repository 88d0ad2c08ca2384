import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { COMETBFT_VERSION, cacheFolder } from '../../../chain/node/cometbft.ts';
import { installCometbft } from '../../../chain/node/cometbftInstall.ts';
import type { RunningNode } from '../node.ts';
import { running } from '../node.ts';

/**
 * CometBFT's own reference signer, built into the cache once as CometBFT is. Rejects where nothing can build it: the test
 * that needs it has to fail then, not to pass over.
 */
export async function ensurePrivValServer(): Promise<string> {
  const { env } = process;
  const cache = join(cacheFolder(env), `signer-${COMETBFT_VERSION}`);
  const path = join(cache, 'bin', 'priv_val_server');
  if (existsSync(path)) return path;
  const report = () => undefined;
  return installCometbft({ cache, version: COMETBFT_VERSION, program: 'priv_val_server', env, report });
}

export interface SignerOptions {
  readonly binary: string;
  /** `priv_validator_laddr` of the node that it signs for; it dials there. */
  readonly address: string;
  readonly chainId: string;
  readonly key: string;
  readonly state: string;
}

/** A signer process that holds the validator's key. */
export function startSigner({ binary, address, chainId, key, state }: SignerOptions): RunningNode {
  const args = ['-addr', address, '-chain-id', chainId, '-priv-key', key, '-priv-state', state];
  return running(spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
}
