import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Silence } from './silence.ts';

const program = fileURLToPath(new URL('./testing/hung.ts', import.meta.url));
const Line = z.object({ level: z.string(), chain: z.string(), underWay: z.string(), process: z.string() });

async function run(mode: string, seconds: number, onStarted: (pid: number) => void = () => {}) {
  const child = spawn(process.execPath, [program, mode, `${seconds}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    if (line === 'started') onStarted(child.pid ?? 0);
  });
  // Both processes hold the output: it closes when both are gone.
  const [code, signal] = await once(child, 'close');
  return { end: code ?? signal, lines };
}

test('a node whose block never ends is killed, and the log says which block it was', async () => {
  const { end, lines } = await run('block', 1);
  expect(end).toBe('SIGKILL');
  expect(Line.parse(JSON.parse(lines.at(-1) ?? ''))).toMatchObject({
    level: 'fatal',
    chain: 'hung-1',
    underWay: 'FinalizeBlock of height 7',
  });
});

test('a node that was stopped by a signal and not continued is killed, and the log says that it was stopped', async () => {
  const { end, lines } = await run('idle', 1, (pid) => process.kill(pid, 'SIGSTOP'));
  expect(end).toBe('SIGKILL');
  const { underWay, process: state } = Line.parse(JSON.parse(lines.at(-1) ?? ''));
  expect(underWay).toContain('none of the blocks');
  if (process.platform === 'linux') expect(state).toBe('T (stopped)');
});

test('a node with long blocks is left alone, and its watchdog ends with it', async () => {
  expect(await run('busy', 4)).toEqual({ end: 0, lines: ['started', 'done'] });
});

test('a genesis may take as long as it takes', async () => {
  expect(await run('genesis', 1)).toEqual({ end: 0, lines: ['started', 'done'] });
});

test('a machine that was suspended for hours has not been silent for hours', () => {
  const silence = new Silence(1000, 0);
  expect(silence.turn(1000)).toBe(1000);
  expect(silence.turn(7_200_000)).toBe(3000);
  silence.heard();
  expect(silence.turn(7_201_000)).toBe(1000);
});
