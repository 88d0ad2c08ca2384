import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs';

/** The package that binds TensorFlow itself to Node, on one machine with or without a GPU. */
export const bindingPackage = '@tensorflow/tfjs-node-gpu';

/** What `npm run tensorflow` fills: `INFINET_TENSORFLOW`, else a folder in the user's cache (XDG base directories). */
export function tensorflowFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.INFINET_TENSORFLOW !== undefined && env.INFINET_TENSORFLOW !== '') return env.INFINET_TENSORFLOW;
  const base = env.XDG_CACHE_HOME;
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache'), 'infinet', 'tensorflow');
}

/** Loads TensorFlow into this process, which makes the backend `tensorflow` known to TensorFlow.js. */
export async function loadNativeTensorflow(): Promise<void> {
  const folder = tensorflowFolder();
  if (!existsSync(join(folder, 'node_modules'))) {
    throw new Error(`TensorFlow is not installed in ${folder}. Run: npm run tensorflow`);
  }
  // Node 23 removed what the package still calls.
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
  // The package brings a TensorFlow.js of its own, which would warn of each kernel that is registered already.
  tf.enableProdMode();
  createRequire(join(folder, 'package.json'))(bindingPackage);
}
