import { createServer, type Server } from 'node:http';
import type { Network } from './network.ts';
import { clientNode, rpcUrl } from './topology.ts';

/** What `npm run localnet -- status` shows of one process. */
export interface ProcessStatus {
  readonly name: string;
  readonly pid: number;
  readonly running: boolean;
  readonly log: string;
}

/**
 * Lets other terminals steer a running network: `GET /status`, `POST /kill/NAME`, `POST /restart/NAME`, `POST /down`.
 * It listens on loopback only; there is nothing here that the same person could not do with `kill`.
 */
export function serveControl(network: Network, down: () => void): Server {
  const act = async (method: string, path: string): Promise<unknown> => {
    const [, verb = '', name = ''] = path.split('/');
    if (method === 'GET' && verb === 'status') return status(network);
    if (method === 'POST' && verb === 'down') {
      down();
      return { stopping: true };
    }
    if (method === 'POST' && verb === 'kill') await network.kill(name);
    else if (method === 'POST' && verb === 'restart') await network.restart(name);
    else throw new Error(`there is no ${method} ${path}`);
    return status(network);
  };
  const server = createServer((request, response) => {
    act(request.method ?? '', request.url ?? '').then(
      (answer) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: message }));
      },
    );
  });
  return server.listen(network.topology.control.port, '127.0.0.1');
}

function status({ topology, processes }: Network): { rpc: string; processes: ProcessStatus[] } {
  return {
    rpc: rpcUrl(clientNode(topology)),
    processes: [...processes.values()].map(({ spec, pid, isRunning }) => ({
      name: spec.name,
      pid,
      running: isRunning(),
      log: spec.logFile,
    })),
  };
}
