import type { DescMessage } from '@bufbuild/protobuf';
import { describe, expect, it, vi } from 'vitest';
import { messageOf } from '../../sdk/codec/descriptors.ts';
import { amountFields } from './probes/amounts.ts';
import { FailureProbe } from './probes/failure.ts';
import { PoisonProbe } from './probes/poison.ts';
import { routedMessages } from './registry.ts';
import { simulate } from './run.ts';
import { coveringSeeds } from './seeds.ts';

// Generous: other programs share the machine.
vi.setConfig({ testTimeout: 900_000 });

const seed = 2;

describe('a poisoned amount', () => {
  it('negative, absent, zero, no number or of 256 bits and more is never carried out, in any message', async () => {
    const probe = new PoisonProbe();
    for (const chain of coveringSeeds) await simulate({ ...chain, probe });
    const all = routedMessages.filter((typeUrl) => !typeUrl.endsWith('MsgUpdateParams')).flatMap(amountFields);
    expect(all.filter((field) => !probe.tried.keys.includes(field))).toEqual([]);
    expect(probe.attempts).toBeGreaterThan(200);
  });
});

describe('a failed message', () => {
  it('leaves no write, no event and nothing in a cache, whatever it had done before', async () => {
    const probe = new FailureProbe();
    const probed = await simulate({ seed, blocks: 30, probe });
    expect(probe.undone.keys.length).toBeGreaterThan(12);
    expect(probe.failed.keys.length).toBeGreaterThan(30);
    expect((await simulate({ seed, blocks: 30 })).digests).toEqual(probed.digests);
  });
});

describe('a message inside a message', () => {
  it('exists nowhere: whoever adds a wrapper has to look into it before this list grows', () => {
    // A key, an allowance and a state of IBC that must be absent: none of them is routed or run.
    const holders = routedMessages.flatMap((typeUrl) => anyFields(messageOf(typeUrl), 0));
    expect(holders).toEqual([
      'cosmos.feegrant.v1beta1.MsgGrantAllowance.allowance',
      'cosmos.staking.v1beta1.MsgCreateValidator.pubkey',
      'cosmos.upgrade.v1beta1.Plan.upgraded_client_state',
    ]);
  });
});

function anyFields(desc: DescMessage | undefined, depth: number): string[] {
  return (desc?.fields ?? []).flatMap(({ message, name, parent }) => {
    if (message?.typeName === 'google.protobuf.Any') return [`${parent.typeName}.${name}`];
    return depth < 8 ? anyFields(message, depth + 1) : [];
  });
}
