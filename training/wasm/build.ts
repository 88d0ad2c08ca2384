import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = new URL('../..', import.meta.url);

/** Where the module is committed, beside the code that loads it. */
export const moduleFile = fileURLToPath(new URL('./kernels.wasm', import.meta.url));

/** Compiles `assembly/` with the pinned AssemblyScript: the same bytes on every machine. Run it: `node training/wasm/build.ts` */
export function buildKernels(target: string): void {
  const memory = ['--importMemory', '--sharedMemory', '--initialMemory', '2', '--maximumMemory', '65536'];
  const features = ['--enable', 'simd', '--enable', 'threads', '--runtime', 'stub', '--noAssert', '--use', 'abort='];
  const optimize = ['-O3', '--converge', '--memoryBase', '1024'];
  const source = 'training/wasm/assembly/index.ts';
  const { status, stderr } = spawnSync(
    process.execPath,
    ['node_modules/assemblyscript/bin/asc.js', source, '-o', target, ...memory, ...features, ...optimize],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`AssemblyScript refuses ${source}:\n${stderr}`);
}

if (import.meta.main) buildKernels(moduleFile);
