import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { OperatorError, reason } from './failure.ts';
import { requireFreePort } from './ports.ts';

const laddr = z.object({ laddr: z.string().optional() }).optional();
const settingsShape = z.object({ rpc: laddr, p2p: laddr });

/** Throws when a port that config.toml gives to CometBFT is taken, before CometBFT says so in its own words. */
export async function requireCometPorts(configPath: string): Promise<void> {
  let settings: z.infer<typeof settingsShape>;
  try {
    settings = settingsShape.parse(parse(readFileSync(configPath, 'utf8')));
  } catch (error) {
    throw new OperatorError(`cannot read ${configPath}: ${reason(error)}`, { cause: error });
  }
  for (const [section, fallback] of [
    ['rpc', 'tcp://127.0.0.1:26657'],
    ['p2p', 'tcp://0.0.0.0:26656'],
  ] as const) {
    const match = /^(?:tcp:\/\/)?(\[[^\]]+\]|[^:/]*):(\d+)$/.exec(settings[section]?.laddr ?? fallback);
    // Unix sockets and what CometBFT alone understands are left to it.
    if (match === null) continue;
    const host = (match[1] ?? '').replace(/^\[|\]$/g, '') || '0.0.0.0';
    await requireFreePort({ host, port: Number(match[2]) }, { key: `${section}.laddr`, file: configPath });
  }
}
