import { beforeAll, describe, expect, it, vi } from 'vitest';
import { workUnits } from './probes/work.ts';
import { type WorkPrice, WorkProbe } from './probes/workProbe.ts';
import { routedMessages } from './registry.ts';
import { simulate } from './run.ts';
import { coveringSeeds } from './seeds.ts';

// Generous: other programs share the machine.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const { meter, work } = await vi.hoisted(async () => {
  const module = await import('./probes/work.ts');
  return { meter: new module.WorkMeter(), work: module };
});

vi.mock('../../chain/store/gaskv.ts', async (original) => {
  const actual = await original<typeof import('../../chain/store/gaskv.ts')>();
  return { ...actual, GasStore: work.countedStore(meter, actual.GasStore) };
});

vi.mock('../../chain/events.ts', async (original) => {
  const actual = await original<typeof import('../../chain/events.ts')>();
  return { ...actual, EventLog: work.countedLog(meter, actual.EventLog) };
});

vi.mock('node:crypto', async (original) => {
  const actual = await original<typeof import('node:crypto')>();
  const hash = (...args: Parameters<typeof actual.hash>) => {
    const [, data] = args;
    meter.add('hash');
    meter.add('hashedByte', typeof data === 'string' ? data.length : data.byteLength);
    return actual.hash(...args);
  };
  return { ...actual, hash, createHash: work.counted(actual.createHash, () => meter.add('hash')) };
});

vi.mock('@noble/hashes/sha2.js', async (original) => {
  const actual = await original<typeof import('@noble/hashes/sha2.js')>();
  const count = (data: Uint8Array) => {
    meter.add('hash');
    meter.add('hashedByte', data.length);
  };
  return { ...actual, sha256: Object.assign(work.counted(actual.sha256, count), actual.sha256) };
});

vi.mock('../../modules/beacon/ecvrf.ts', async (original) => {
  const actual = await original<typeof import('../../modules/beacon/ecvrf.ts')>();
  return {
    ...actual,
    verify: work.counted(actual.verify, () => meter.add('vrfProof')),
    isValidPublicKey: work.counted(actual.isValidPublicKey, () => meter.add('vrfKey')),
  };
});

vi.mock('../../chain/tx/verifySignature.ts', async (original) => {
  const actual = await original<typeof import('../../chain/tx/verifySignature.ts')>();
  return { ...actual, isEcdsa: work.counted(actual.isEcdsa, () => meter.add('ecdsa')) };
});

vi.mock('../../training/spec.ts', async (original) => {
  const actual = await original<typeof import('../../training/spec.ts')>();
  return { ...actual, parseSpec: work.counted(actual.parseSpec, (bytes) => meter.add('specByte', bytes.length)) };
});

vi.mock('../../training/unitDag.ts', async (original) => {
  const { unitDag } = await original<typeof import('../../training/unitDag.ts')>();
  return { unitDag: (...args: Parameters<typeof unitDag>) => work.countedDag(meter, unitDag(...args)) };
});

const probe = new WorkProbe(meter);
let prices: readonly WorkPrice[] = [];

beforeAll(async () => {
  for (const { seed, blocks } of coveringSeeds) await simulate({ seed, blocks, probe });
  prices = probe.prices;
});

describe('gas, counted in work and not in time', () => {
  it('buys no message much more work than a bank send', () => {
    const [dearest] = prices;
    expect(dearest?.ratio, `${dearest?.typeUrl} ${JSON.stringify([...(dearest?.counts ?? [])])}`).toBeLessThan(8);
  });

  it('is looked at for every message that the chain takes', () => {
    const sampled = new Set(prices.map(({ typeUrl }) => typeUrl));
    expect(routedMessages.filter((typeUrl) => !sampled.has(typeUrl))).toEqual([]);
  });

  it('is held against work of every kind: no counter has come off what it counts', () => {
    expect(probe.kinds).toEqual(Object.keys(workUnits).sort());
  });
});
