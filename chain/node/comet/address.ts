import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { z } from 'zod';

const settingsShape = z.object({ rpc: z.object({ laddr: z.string().optional() }).optional() });

/** URL of the CometBFT of this home, as its config.toml says; its default port if it says none. */
export function cometRpcUrl(configPath: string): string {
  const settings = settingsShape.safeParse(parse(readFileSync(configPath, 'utf8')));
  const laddr = settings.success ? settings.data.rpc?.laddr : undefined;
  const match = /^(?:tcp:\/\/)?(\[[^\]]+\]|[^:/]*):(\d+)$/.exec(laddr ?? '');
  const host = match?.[1] ?? '127.0.0.1';
  // What listens on all addresses is reached on the loopback one.
  const reachable = ['', '0.0.0.0', '[::]'].includes(host) ? '127.0.0.1' : host;
  return `http://${reachable}:${match?.[2] ?? '26657'}`;
}
