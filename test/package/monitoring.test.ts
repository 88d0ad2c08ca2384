import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createMetrics } from '../../chain/api/metrics.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Of CometBFT 0.38.25 (metrics.gen.go of consensus, p2p and mempool), those that rules and dashboard use. */
const cometbft = [
  'cometbft_consensus_byzantine_validators',
  'cometbft_consensus_rounds',
  'cometbft_consensus_validator_missed_blocks',
  'cometbft_mempool_size',
  'cometbft_p2p_peers',
];

async function known(): Promise<Set<string>> {
  const registry = createMetrics(() => ({
    chainId: 'c-1',
    height: 1n,
    appHash: '',
    blockAgeMs: 0,
    lagMs: 0,
    prices: 0,
    clockSkewSeconds: 0,
    diskFreeBytes: 0,
    failure: undefined,
  }));
  return new Set([...(await registry.getMetricsAsJSON()).map(({ name }) => name), ...cometbft]);
}

const namesIn = (text: string) => [...new Set(text.match(/\b(infinetd|cometbft)_[a-z0-9_]+/g) ?? [])];

const alerts = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.object({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.object({ summary: z.string(), do: z.string().optional() }),
        }),
      ),
    }),
  ),
});
const dashboard = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
});

test('every metric that an alert asks for exists', async () => {
  const rules = alerts.parse(parse(read('packaging/monitoring/alerts.yml'))).groups.flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(10);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  const metrics = await known();
  expect(rules.flatMap(({ expr }) => namesIn(expr)).filter((name) => !metrics.has(name))).toEqual([]);
});

test('every metric on the dashboard exists', async () => {
  const { panels } = dashboard.parse(JSON.parse(read('packaging/monitoring/dashboard.json')));
  const names = panels.flatMap(({ targets }) => targets).flatMap(({ expr }) => namesIn(expr));
  const metrics = await known();
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !metrics.has(name))).toEqual([]);
});

test('the operators page describes every metric of the node itself, and names none that does not exist', async () => {
  const page = namesIn(read('chain/node/OPERATORS.md'));
  const metrics = await known();
  expect(page.filter((name) => !metrics.has(name))).toEqual([]);
  const own = [...metrics].filter((name) => name.startsWith('infinetd_') && !/_(nodejs|process)_/.test(name));
  expect(own.filter((name) => !page.includes(name))).toEqual([]);
});

test('the systemd unit runs a file that exists, on a home that it may write', () => {
  const unit = read('packaging/systemd/infinetd.service');
  expect(unit).toMatch(/^ExecStart=\/opt\/infinet\/node_modules\/\.bin\/node chain\/main\.ts start --comet$/m);
  expect(read('chain/main.ts')).toContain('#!/usr/bin/env node');
  expect(unit).toMatch(/^ReadWritePaths=\/var\/lib\/infinet$/m);
  expect(unit).toMatch(/^Environment=INFINET_HOME=\/var\/lib\/infinet\//m);
});
