import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { replaceText } from './replaceText.ts';

/** What `cosmovisor` and other tools that swap the software look for, beside the state's folder. */
const fileName = 'upgrade-info.json';

/**
 * Writes `{"name", "height", "info"}` next to the state's folder, whole or not at all. Throws when the disk does.
 *
 * @param height first block that needs the new software
 */
export function writeUpgradeInfo(
  stateFolder: string,
  { name, height, info }: { readonly name: string; readonly height: bigint; readonly info: string },
): void {
  const folder = dirname(stateFolder);
  mkdirSync(folder, { recursive: true });
  // Heights are JSON numbers in the SDK's file; they stay far below 2^53.
  replaceText(join(folder, fileName), JSON.stringify({ name, height: Number(height), info }));
}
