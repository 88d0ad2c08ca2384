import { decodeInjectedTx } from '../../chain/app/injectedTx.ts';
import { tx as txTypes } from '../../sdk/codec/index.ts';
import { blockDigest, type SimulatedBlock } from './simulator.ts';

/** What a run of the simulation saw. */
export interface Summary {
  /** One digest a block. */
  readonly digests: string[];
  /** Txs by result: `0`, or codespace and code. */
  readonly results: Map<string, number>;
  /** Messages by type: how many of each were carried out. */
  readonly carriedOut: Map<string, number>;
  /** Messages of txs that failed: how many of each type by codespace and code. */
  readonly failed: Map<string, Map<string, number>>;
  readonly events: Map<string, number>;
  /** Nodes that joined from a snapshot. */
  joined: number;
  upgrades: number;
}

export function emptySummary(): Summary {
  return {
    digests: [],
    results: new Map(),
    carriedOut: new Map(),
    failed: new Map(),
    events: new Map(),
    joined: 0,
    upgrades: 0,
  };
}

export function record(summary: Summary, { request, response }: SimulatedBlock): void {
  summary.digests.push(blockDigest(response));
  for (const [index, result] of response.txResults.entries()) {
    const bytes = request.txs[index] ?? new Uint8Array();
    if (index === 0 && decodeInjectedTx(bytes) !== undefined) continue;
    // What the SDK calls a panic on purpose has a text of its own; this one nobody meant.
    if (result.log.startsWith('recovered:')) throw new Error(`block ${request.height}, tx ${index}: ${result.log}`);
    const outcome = result.code === 0 ? '0' : `${result.codespace} ${result.code}`;
    add(summary.results, outcome);
    const { messages } = txTypes.TxBody.decode(txTypes.TxRaw.decode(bytes).bodyBytes);
    for (const { typeUrl } of messages) {
      if (result.code === 0) add(summary.carriedOut, typeUrl);
      else add(failuresOf(summary, typeUrl), outcome);
    }
    if (result.code === 0) for (const { type } of result.events) add(summary.events, type);
  }
  for (const { type } of response.events) add(summary.events, type);
}

/** Adds what another run saw. */
export function merge(
  into: Summary,
  { digests, results, carriedOut, failed, events, joined, upgrades }: Summary,
): void {
  into.digests.push(...digests);
  for (const [counts, more] of [
    [into.results, results],
    [into.carriedOut, carriedOut],
    [into.events, events],
    ...[...failed].map(([typeUrl, codes]) => [failuresOf(into, typeUrl), codes] as const),
  ] as const) {
    for (const [key, count] of more) add(counts, key, count);
  }
  into.joined += joined;
  into.upgrades += upgrades;
}

/** A line for each message type: how many were carried out, how many failed with what. */
export function table(summary: Summary): string[] {
  const types = [...new Set([...summary.carriedOut.keys(), ...summary.failed.keys()])].sort();
  return types.map((typeUrl) => {
    const codes = [...failuresOf(summary, typeUrl)].sort(([, a], [, b]) => b - a);
    const failures = codes.map(([code, count]) => `${code}: ${count}`).join(', ');
    return `${String(summary.carriedOut.get(typeUrl) ?? 0).padStart(7)} ${typeUrl}${failures && `  failed ${failures}`}`;
  });
}

function failuresOf({ failed }: Summary, typeUrl: string): Map<string, number> {
  const counts = failed.get(typeUrl) ?? new Map<string, number>();
  failed.set(typeUrl, counts);
  return counts;
}

function add(counts: Map<string, number>, key: string, count = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
