import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { OperatorError, reason } from './failure.ts';

/** A CometBFT process that lives and dies with this one. */
export interface CometProcess {
  readonly pid: number;
  /** Resolves with one sentence when the process has ended, asked to or not. */
  readonly ended: Promise<string>;
  /** Asks it to end (SIGTERM), insists after a while (SIGKILL), resolves when it is gone. */
  stop(): Promise<void>;
}

export interface CometProcessOptions {
  readonly binary: string;
  readonly home: string;
  /** The ABCI server's address, `tcp://127.0.0.1:26658`; overrides `proxy_app` of config.toml. */
  readonly proxyApp: string;
  /** How CometBFT talks to it; overrides `abci` of config.toml. */
  readonly transport: 'socket' | 'grpc';
  /** Each line that CometBFT logs. */
  readonly onLine: (line: string) => void;
  /** Milliseconds from SIGTERM to SIGKILL. */
  readonly patience?: number;
}

/** Starts `cometbft start` on the home. Throws when the program cannot be run at all. */
export async function startComet(options: CometProcessOptions): Promise<CometProcess> {
  const args = ['start', '--home', options.home, '--proxy_app', options.proxyApp, '--abci', options.transport];
  const child = spawn(options.binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let lastError = '';
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (/^(E\[|ERROR|panic:|failed)/i.test(line)) lastError = line;
      options.onLine(line);
    });
  }
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<string>();
  let running = true;
  child.once('spawn', () => started.resolve());
  child.once('error', (error) =>
    started.reject(new OperatorError(`cannot start CometBFT (${options.binary}): ${reason(error)}`)),
  );
  // "close" follows "exit" when the last lines have been read, so that the reason is complete.
  child.once('close', (code, signal) => {
    running = false;
    const how = signal === null ? `with status ${code}` : `by signal ${signal}`;
    ended.resolve(`CometBFT (pid ${child.pid}) ended ${how}${lastError === '' ? '' : `: ${lastError.slice(0, 400)}`}`);
  });
  await started.promise;
  return {
    pid: child.pid ?? 0,
    ended: ended.promise,
    stop: async () => {
      if (!running) return;
      child.kill('SIGTERM');
      const insist = setTimeout(() => child.kill('SIGKILL'), options.patience ?? 10_000);
      await ended.promise;
      clearTimeout(insist);
    },
  };
}
