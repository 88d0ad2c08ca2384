import { copyFileSync } from 'node:fs';
import { parseGenesis, readGenesisText, writeGenesis } from './genesis.ts';
import { isSdkGenesis } from './sdkGenesis.ts';

/**
 * CometBFT cannot read a genesis in the SDK's form: replaces such a file with the same in CometBFT's form and keeps the
 * original beside it, whose hash people have compared. Returns the original's path, undefined where nothing was to do.
 */
export function settleGenesis(path: string): string | undefined {
  const value: unknown = JSON.parse(readGenesisText(path));
  if (!isSdkGenesis(value)) return undefined;
  const genesis = parseGenesis(value, path);
  const original = path.replace(/(\.json)?$/, '.sdk.json');
  copyFileSync(path, original);
  writeGenesis(path, genesis);
  return original;
}
