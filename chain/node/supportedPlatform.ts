import { createRequire } from 'node:module';
import { reason } from './failure.ts';

/** Where a program runs, in Node's words. */
export interface Platform {
  readonly platform: string;
  readonly arch: string;
  /** Why the native signature check cannot be loaded; undefined if it can. */
  readonly nativeProblem: string | undefined;
}

/** What is tested or built for; WSL is linux. Each needs LMDB's and libsecp256k1's native code. */
const supported: ReadonlySet<string> = new Set(['linux x64', 'linux arm64', 'darwin arm64', 'darwin x64']);

/** Why infinetd does not run here and what to do, or undefined. */
export function platformProblem({ platform, arch, nativeProblem }: Platform): string | undefined {
  const here = `${platform} ${arch}`;
  if (platform === 'win32') return 'infinetd does not run on Windows itself: run it in WSL 2 (any Linux distribution)';
  if (!supported.has(here)) {
    return `infinetd does not run on ${here}: it runs on ${[...supported].join(', ')} (and WSL 2)`;
  }
  if (nativeProblem === undefined) return undefined;
  return (
    `the native code of the package secp256k1 cannot be loaded on ${here} (${nativeProblem.split('\n')[0]}). ` +
    'With a C compiler, make and Python 3 installed run: npm rebuild secp256k1 --ignore-scripts=false'
  );
}

/** The platform of this process. */
export function thisPlatform(): Platform {
  const { platform, arch } = process;
  let nativeProblem: string | undefined;
  try {
    createRequire(import.meta.url)('secp256k1/bindings.js');
  } catch (error) {
    nativeProblem = reason(error);
  }
  return { platform, arch, nativeProblem };
}
