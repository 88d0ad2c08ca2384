import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ListenAddress } from './config.ts';
import { OperatorError, reason, systemCode } from './failure.ts';

/** Where an address is set, for errors. */
export interface AddressSetting {
  /** `abci.address` */
  readonly key: string;
  readonly file: string;
}

export function addressText({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Turns the system's error of a failed `listen` into a sentence with the port and the setting to change. */
export function listenError(error: unknown, address: ListenAddress, setting: AddressSetting): OperatorError {
  const change = `change "${setting.key}" in ${setting.file}`;
  const text = addressText(address);
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return new OperatorError(
        `port ${address.port} on ${address.host} is already in use: stop what listens there, or ${change}`,
      );
    case 'EACCES':
      return new OperatorError(`listening on ${text} is not permitted (ports below 1024 need privileges): ${change}`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new OperatorError(`${address.host} is not an address of this machine: ${change}`);
    default:
      return new OperatorError(`cannot listen on ${text}: ${reason(error)}; ${change}`, { cause: error });
  }
}

/**
 * Throws the error above when the address cannot be listened on. A process that is just ending, as CometBFT does after
 * its application was killed, gets a few seconds to let go. Port 0 is always free.
 */
export async function requireFreePort(address: ListenAddress, setting: AddressSetting, patience = 5000): Promise<void> {
  const deadline = performance.now() + patience;
  for (;;) {
    const problem = await tryPort(address);
    if (problem === undefined) return;
    if (systemCode(problem) !== 'EADDRINUSE' || performance.now() > deadline) {
      throw listenError(problem, address, setting);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function tryPort(address: ListenAddress): Promise<unknown> {
  const probe = createServer();
  try {
    probe.listen(address.port, address.host);
    await once(probe, 'listening');
    return undefined;
  } catch (error) {
    return error;
  } finally {
    probe.close();
  }
}
