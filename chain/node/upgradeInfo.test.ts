import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeUpgradeInfo } from './upgradeInfo.ts';

test('the file that names the wanted software lies beside the state, as the SDK writes it', () => {
  const home = mkdtempSync(join(tmpdir(), 'infinet-upgrade-'));
  try {
    writeUpgradeInfo(join(home, 'data', 'infinet'), { name: 'v2', height: 10n, info: 'a "b"' });
    expect(readdirSync(join(home, 'data'))).toEqual(['upgrade-info.json']);
    const text = readFileSync(join(home, 'data', 'upgrade-info.json'), 'utf8');
    expect(text).toBe('{"name":"v2","height":10,"info":"a \\"b\\""}');
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
