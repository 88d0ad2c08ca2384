import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Writes the descriptors of `proto/infinet` to a file. Throws if they do not compile. */
export function buildOwnDescriptors(output: string): void {
  const options = ['--path', 'proto/infinet', '--exclude-imports', '--exclude-source-info', '--as-file-descriptor-set'];
  const buf = join(root, 'node_modules', '.bin', 'buf');
  const { status } = spawnSync(buf, ['build', ...options, '-o', output], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('buf build failed');
}

if (import.meta.main) buildOwnDescriptors(fileURLToPath(new URL('infinet.binpb', import.meta.url)));
