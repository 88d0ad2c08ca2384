import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The package that binds TensorFlow itself to Node, on one machine with or without a GPU. */
export const bindingPackage = '@tensorflow/tfjs-node-gpu';

/** What `npm run tensorflow` fills: `INFINET_TENSORFLOW`, else a folder in the user's cache (XDG base directories). */
export function tensorflowFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.INFINET_TENSORFLOW !== undefined && env.INFINET_TENSORFLOW !== '') return env.INFINET_TENSORFLOW;
  const base = env.XDG_CACHE_HOME;
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache'), 'infinet', 'tensorflow');
}
