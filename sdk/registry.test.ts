import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createRegistry, infinetTypes } from './registry.ts';

const protoFolder = new URL('../proto/infinet/', import.meta.url);

test('knows every message that a tx.proto defines, but the one that no client may send', () => {
  const defined = readdirSync(protoFolder).flatMap((module) => {
    const folder = new URL(`${module}/v1/`, protoFolder);
    if (!readdirSync(folder).includes('tx.proto')) return [];
    const source = readFileSync(new URL('tx.proto', folder), 'utf8');
    return [...source.matchAll(/^\s*rpc \w+\((\w+)\)/gm)].map((match) => `/infinet.${module}.v1.${match[1]}`);
  });
  const unsendable = '/infinet.oracle.v1.MsgVoteExtensions';
  expect(infinetTypes.map(([typeUrl]) => typeUrl).sort()).toEqual(defined.filter((url) => url !== unsendable).sort());
});

test('encodes a message of ours through the registry of CosmJS and reads it back', () => {
  const registry = createRegistry();
  const typeUrl = '/infinet.rewards.v1.MsgClaimRewards';
  const value = registry.encode({ typeUrl, value: { claimant: 'infinet1abc' } });
  expect(registry.decode({ typeUrl, value })).toEqual({ claimant: 'infinet1abc' });
});
