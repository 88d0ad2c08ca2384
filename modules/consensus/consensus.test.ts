import { describe, expect, test } from 'vitest';
import { cometParams, consensusQuery, consensusTx } from '../../sdk/codec/index.ts';
import { moduleAddress } from '../auth/keeper.ts';
import { accountText, addresses, ask, blockContext, createFixture, refusal, run } from '../bank/fixture.ts';
import { createConsensus } from './index.ts';

const authority = addresses.accountText(moduleAddress('gov'));
const good = {
  authority,
  block: { maxBytes: 1_000_000n, maxGas: 5n },
  evidence: { maxAgeNumBlocks: 10n, maxAgeDuration: { seconds: 9n, nanos: 0 }, maxBytes: 100n },
  validator: { pubKeyTypes: ['ed25519'] },
};

function setUp(enableHeight = 1n) {
  const { state } = createFixture();
  let params: cometParams.ConsensusParams | undefined = cometParams.ConsensusParams.fromPartial({
    block: { maxBytes: 4_000_000n, maxGas: -1n },
    version: { app: 3n },
    abci: { voteExtensionsEnableHeight: enableHeight },
  });
  const { module } = createConsensus({
    addresses,
    authority: moduleAddress('gov'),
    params: {
      get: () => params,
      set: (_ctx, next) => {
        params = next;
      },
    },
  });
  const ctx = blockContext(state, 5n);
  const update = (change: Partial<consensusTx.MsgUpdateParams>) =>
    run(
      ctx,
      module,
      '/cosmos.consensus.v1.MsgUpdateParams',
      consensusTx.MsgUpdateParams.encode({ ...good, ...change }).finish(),
    );
  return { module, ctx, update };
}

describe('consensus parameters', () => {
  test('are replaced by governance; version and vote extensions stay unless they are given', () => {
    const { module, ctx, update } = setUp();
    update({});
    const answer = ask(ctx, module, '/cosmos.consensus.v1.Query/Params', new Uint8Array());
    expect(consensusQuery.QueryParamsResponse.decode(answer).params).toEqual({
      block: good.block,
      evidence: good.evidence,
      validator: good.validator,
      version: { app: 3n },
      abci: { voteExtensionsEnableHeight: 1n },
    });
    expect(ctx.log.events[0]?.attributes[1]?.value).toContain('block:<max_bytes:1000000 max_gas:5 > evidence:<');
  });

  test.each([
    ['by anybody else', { authority: accountText(1) }, 'gov 13: invalid authority; expected'],
    ['without a part', { evidence: undefined }, 'undefined 1: all parameters must be present'],
    ['with empty blocks only', { block: { maxBytes: 0n, maxGas: 1n } }, 'block.MaxBytes cannot be 0'],
    ['with blocks over 100 MiB', { block: { maxBytes: 1n << 30n, maxGas: 1n } }, 'block.MaxBytes is too big'],
    ['with negative gas', { block: { maxBytes: -1n, maxGas: -2n } }, 'block.MaxGas must be greater or equal to -1'],
    ['with evidence of no age', { evidence: { ...good.evidence, maxAgeNumBlocks: 0n } }, 'evidence.MaxAgeNumBlocks'],
    [
      'with evidence of no time',
      { evidence: { ...good.evidence, maxAgeDuration: { seconds: 0n, nanos: 0 } } },
      'evidence.MaxAgeDuration',
    ],
    ['with evidence larger than a block', { evidence: { ...good.evidence, maxBytes: 1_000_001n } }, 'upper bound'],
    ['without key types', { validator: { pubKeyTypes: [] } }, 'len(Validator.PubKeyTypes)'],
    ['with keys that no validator has', { validator: { pubKeyTypes: ['secp256k1'] } }, 'unknown pubkey type'],
    ['to switch vote extensions off', { abci: { voteExtensionsEnableHeight: 0n } }, 'cannot be disabled once enabled'],
    ['to move vote extensions', { abci: { voteExtensionsEnableHeight: 9n } }, 'cannot be modified once enabled'],
  ])('are not changed %s', (_name, change: Partial<consensusTx.MsgUpdateParams>, text) => {
    const { update } = setUp();
    expect(refusal(() => update(change))).toContain(text);
  });

  test('switch vote extensions on at a later height only', () => {
    expect(refusal(() => setUp(0n).update({ abci: { voteExtensionsEnableHeight: 5n } }))).toContain('past or current');
    expect(refusal(() => setUp(0n).update({ abci: { voteExtensionsEnableHeight: 6n } }))).toBe('not refused');
  });
});
