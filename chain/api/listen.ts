import { once } from 'node:events';
import type { Server } from 'node:http';

/** A server that is up. */
export interface Listening {
  readonly port: number;
  /** Ends open connections as well, and resolves when the port is free again. */
  close(): Promise<void>;
}

/** Takes the port (0 lets the system choose). Rejects with the system's error when it cannot be had. */
export async function listen(server: Server, host: string, port: number): Promise<Listening> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
