import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { OperatorError, reason } from './failure.ts';

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Each line of both outputs, as it comes. */
  readonly onLine?: (line: string) => void;
  /** Milliseconds after which the program is killed. */
  readonly timeout?: number;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Throws only when it cannot be started or runs out of time. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: options.env ?? process.env,
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeout,
      killSignal: 'SIGKILL',
    });
    const stdout: string[] = [];
    const stderr: string[] = [];
    const collect = (into: string[]) => (line: string) => {
      into.push(line);
      options.onLine?.(line);
    };
    createInterface({ input: child.stdout }).on('line', collect(stdout));
    createInterface({ input: child.stderr }).on('line', collect(stderr));
    child.once('error', (error) => reject(new OperatorError(`cannot run ${command}: ${reason(error)}`)));
    child.once('close', (code, signal) => {
      if (signal !== null && options.timeout !== undefined) reject(new OperatorError(`${command} did not end in time`));
      else resolve({ code: code ?? 1, stdout: stdout.join('\n'), stderr: stderr.join('\n') });
    });
  });
}

/** `run`, but a non-zero exit status is an error that shows the end of what the program said. */
export async function runOrFail(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await run(command, args, options);
  if (result.code !== 0) {
    const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-8).join('\n');
    throw new OperatorError(`${command} ${args.join(' ')} ended with status ${result.code}:\n${said}`);
  }
  return result.stdout;
}
