import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Lets Docker's own tool check docker-compose.yml; that takes no running engine. In CI the tool must be there. */
const root = fileURLToPath(new URL('..', import.meta.url));
const tools = [['docker-compose'], ['docker', 'compose']] as const;

const found = tools.find(([command, ...words]) => spawnSync(command, [...words, 'version']).status === 0);
if (found !== undefined) {
  const [command, ...words] = found;
  const { status } = spawnSync(command, [...words, '--file', 'docker-compose.yml', 'config', '--quiet'], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} else {
  console.error('docker-compose.yml was not checked: neither "docker-compose" nor "docker compose" is installed');
  process.exitCode = process.env.CI === 'true' ? 1 : 0;
}
