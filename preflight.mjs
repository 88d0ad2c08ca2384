// Runs before each npm script, in whatever Node the shell found: says what is missing before anything fails obscurely.
import { existsSync } from 'node:fs';

const major = Number(process.versions.node.split('.')[0]);
if (!existsSync(new URL('./node_modules', import.meta.url))) {
  console.error('The dependencies are not installed. Run: npm ci');
  process.exit(1);
}
if (major < 24) {
  console.error(
    `This script runs on Node ${process.versions.node}, but needs the Node 24 that the devDependency "node" brings.\n` +
      'Its install script did not run. Run: npm rebuild node',
  );
  process.exit(1);
}
