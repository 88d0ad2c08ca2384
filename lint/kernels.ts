import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildKernels, moduleFile } from '../training/wasm/build.ts';

/** Checks that the committed WebAssembly is what its source compiles to, byte for byte. */
const fresh = mkdtempSync(join(tmpdir(), 'infinet-kernels-'));
const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

try {
  const rebuilt = join(fresh, 'kernels.wasm');
  buildKernels(rebuilt);
  const [committed, built] = [digest(moduleFile), digest(rebuilt)];
  if (committed !== built) {
    console.error(
      `training/wasm/kernels.wasm is ${committed}, its source gives ${built}. Run: node training/wasm/build.ts`,
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
