import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again, with a short pause, until there is an answer.
 * Throws naming what was waited for when there is none after `seconds`.
 */
export async function until<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + seconds * 1000; ; await sleep(300)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain for ${what}`);
  }
}
