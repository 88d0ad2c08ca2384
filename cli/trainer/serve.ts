import { createServer } from 'node:http';
import { basename, dirname, resolve } from 'node:path';
import { serveFile } from '../../localnet/staticFiles.ts';

/** Where verifiers fetch a run's files and its data. */
export interface Openings {
  readonly uri: string;
  readonly dataUri: string;
  close(): void;
}

export interface ServeOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Holds leaves and states; nothing else of it is reached than its files. */
  readonly folder: string;
  /** File of the records. */
  readonly data: string;
}

/**
 * Serves a run to its verifiers by HTTP, with ranges: `/run/...` is the folder, `/records` the data.
 * Rejects with a sentence when the port is taken.
 */
export async function serveOpenings({ host, port, folder, data }: ServeOptions): Promise<Openings> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const isData = path === '/records';
    if (isData) request.url = `/${encodeURIComponent(basename(data))}`;
    else if (path.startsWith('/run/')) request.url = path.slice('/run'.length);
    else return void response.writeHead(404).end('here are /run/... and /records\n');
    // A reader that goes away in the middle is its own affair.
    serveFile(isData ? dirname(resolve(data)) : folder, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((done, failed) => {
    server.once('error', (cause) => {
      failed(new Error(`cannot serve the run on ${host}:${port}: choose another --serve`, { cause }));
    });
    server.listen(port, host, done);
  });
  const address = server.address();
  const base = `http://${host}:${address !== null && typeof address === 'object' ? address.port : port}`;
  return {
    uri: `${base}/run`,
    dataUri: `${base}/records`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
