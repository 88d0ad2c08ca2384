import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareTree, compareUpgrades } from './compare.ts';

/**
 * `npm run vectors:iavl -- --seed N --count M --versions V`: builds the Go program beside this file (Go is needed) and holds
 * our store to what it computes for seeds N to N + M - 1, every second one with an initial version. The last line is JSON.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    versions: { type: 'string', default: '300' },
    ops: { type: 'string', default: '40' },
    keys: { type: 'string', default: '400' },
    proofs: { type: 'string', default: '10' },
  },
});

function build(): string {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'infinet');
  mkdirSync(cache, { recursive: true });
  const program = join(cache, 'vectors');
  execFileSync('go', ['build', '-o', program, '.'], { cwd: join(import.meta.dirname, 'go'), stdio: 'inherit' });
  return program;
}

const program = build();
const { ops, keys, proofs, versions } = values;
function linesOf(kind: string, ...flags: readonly string[]): string[] {
  const shape = ['-ops', ops, '-keys', keys, '-proofs', proofs];
  const text = execFileSync(program, [kind, ...shape, ...flags], { encoding: 'utf8', maxBuffer: 2 ** 30 });
  return text.trim().split('\n');
}

const total = { roots: 0, proofs: 0, appHashes: 0 };
const first = Number(values.seed);
for (let seed = first; seed < first + Number(values.count); seed++) {
  const initial = seed % 2 === 0 ? 0 : 1 + seed * 1000;
  const numbered = ['-seed', String(seed), '-versions', versions];
  const tree = compareTree(linesOf('iavl', ...numbered, '-initial', String(initial)));
  const stores = compareUpgrades(linesOf('upgrade', ...numbered));
  total.roots += tree.versions;
  total.proofs += tree.proofs;
  total.appHashes += stores.versions;
  console.log(`seed ${seed}: ${tree.versions} roots, ${tree.proofs} proofs, ${stores.versions} app hashes are equal`);
}
console.log(JSON.stringify({ seed: first, count: Number(values.count), ...total }));
