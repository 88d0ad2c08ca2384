import { rangeAfter, type Transfer, unlessStalled } from './transfer.ts';

/** `http:` and `https:`, by range where something is there already. No redirect is followed: an address names its host. */
export const fromHttp: Transfer = async (uri, received, stallMs, deadline) => {
  await unlessStalled(stallMs, deadline, async (signal, alive) => {
    const range = rangeAfter(received);
    const headers: Record<string, string> = range === undefined ? {} : { range };
    const response = await fetch(uri, { headers, redirect: 'error', signal });
    if (response.status === 416 && received.size > 0) return;
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    if (response.status !== 206) received.restart();
    if (response.body === null) return;
    for await (const chunk of response.body) {
      alive();
      received.add(chunk);
    }
  });
};
