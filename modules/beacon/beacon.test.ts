import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Context } from '../../chain/context.ts';
import type { ChainEvent } from '../../chain/events.ts';
import type { ExtendedVote } from '../../chain/module.ts';
import { MemoryState } from '../../chain/store/memory.ts';
import {
  QueryKeysRequest,
  QueryKeysResponse,
  QueryRoundRequest,
  QueryRoundResponse,
} from '../../proto/generated/infinet/beacon/v1/query.ts';
import {
  MsgRegisterVrfKey,
  MsgRegisterVrfKeyResponse,
  MsgUpdateParams,
} from '../../proto/generated/infinet/beacon/v1/tx.ts';
import { VoteExtension } from '../../proto/generated/infinet/oracle/v1/tx.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { prove, publicKey, verify } from './ecvrf.ts';
import { outputMissed, proofRefused, roundClosed, roundExtended, roundOverdue } from './events.ts';
import { keyProofAlpha, roundAlpha, roundValue, VALUE_BEFORE_FIRST_ROUND } from './formulas.ts';
import { createBeacon } from './index.ts';
import { msgRegisterVrfKey, msgUpdateParams } from './messages.ts';
import { params } from './state.ts';
import { checkProof } from './votes.ts';

const addresses = createAddressCodec('infinet');
const bytes = (id: number, length: number): Uint8Array => new Uint8Array(length).fill(id);
const seed = (id: number): Uint8Array => bytes(id, 32);
const validators = [4, 2, 3, 1].map((id) => ({
  operator: bytes(id, 20),
  consensusAddress: bytes(100 + id, 20),
  power: 10n,
}));
const text = (id: number): string => addresses.accountText(bytes(id, 20));
const base64 = (data: Uint8Array): string => Buffer.from(data).toString('base64');

const genesis = {
  params: { window_blocks: '4', rotation_rounds: '5', history_rounds: '3' },
  keys: [1, 2, 3, 4].map((id) => ({ operator: text(id), public_key: base64(publicKey(seed(id))) })),
};

type Said = { readonly round?: bigint; readonly proof?: Uint8Array } | undefined;

/** A chain with four validators of equal power, numbered 1 to 4. */
function start(state: unknown = genesis, chainId = 'beacon-1', powers: ReadonlyMap<number, bigint> = new Map()) {
  const punished: [number, bigint, bigint][] = [];
  let present = validators.map((one) => ({ ...one, power: powers.get(one.operator[0] ?? 0) ?? one.power }));
  const staking = {
    bondedValidators: () => present,
    validatorByOperator: (_: Context, operator: Uint8Array) =>
      validators.find((validator) => Buffer.compare(validator.operator, operator) === 0),
  };
  const { module, keeper } = createBeacon({
    staking,
    slashing: {
      punish: (_, operator, { fractionMicro, jailNanos }) => {
        punished.push([operator[0] ?? 0, fractionMicro, jailNanos]);
        const out = jailNanos > 0n ? operator : undefined;
        present = present.filter((validator) => validator.operator !== out);
      },
    },
    addresses,
    authority: bytes(99, 20),
  });
  const memory = new MemoryState();
  let height = 0n;
  const context = (): Context => new Context({ chainId, height, time: height, proposer: new Uint8Array() }, memory);
  module.initGenesis?.(context(), state);
  /** What validator `id` with its first key says now. */
  const honest = (id: number, secret = seed(id)): Said => {
    const { round, alpha } = keeper.current(context());
    return { round, proof: prove(secret, alpha) };
  };
  const block = (said: ReadonlyMap<number, Said> = new Map()): readonly ChainEvent[] => {
    height++;
    const ctx = context();
    const votes = validators.map(({ consensusAddress, power }): ExtendedVote => {
      const mine = said.get((consensusAddress[0] ?? 0) - 100);
      if (mine === undefined) return { validator: consensusAddress, power, extension: undefined };
      const extension = VoteExtension.fromPartial({ beaconRound: mine.round, vrfProof: mine.proof });
      return { validator: consensusAddress, power, extension: VoteExtension.encode(extension).finish() };
    });
    module.voteExtensions?.(ctx, votes);
    module.beginBlock?.(ctx);
    return ctx.log.events;
  };
  const saying = (...ids: number[]) => new Map(ids.map((id) => [id, honest(id)]));
  /** One whole round in which these validators speak in its first block. */
  const roundWith = (...ids: number[]): readonly ChainEvent[] => [
    ...block(saying(...ids)),
    ...Array.from({ length: 3 }, () => block()).flat(),
  ];
  const ask = (name: string, request: Uint8Array): Uint8Array => {
    const route = module.queries?.find(({ path }) => path === `/infinet.beacon.v1.Query/${name}`);
    if (route === undefined) throw new Error(`no query ${name}`);
    return route.answer(context(), request);
  };
  const round = (number: bigint): QueryRoundResponse =>
    QueryRoundResponse.decode(ask('Round', QueryRoundRequest.encode({ round: number }).finish()));
  const conduct = (id: number) =>
    QueryKeysResponse.decode(ask('Keys', QueryKeysRequest.encode({ operator: text(id) }).finish())).keys[0]?.conduct;
  const register = (id: number, secret: Uint8Array, publicKey_ = publicKey(secret), owner = id, ofChain = chainId) => {
    const proof = prove(secret, keyProofAlpha(ofChain, bytes(owner, 20)));
    const message = MsgRegisterVrfKey.encode({ operator: text(id), publicKey: publicKey_, proof }).finish();
    const prepared = module.messages?.[0]?.prepare(message);
    if (prepared === undefined) throw new Error('the module routes no message');
    prepared.validate();
    return MsgRegisterVrfKeyResponse.decode(prepared.handle(context())).activeRound;
  };
  return { punished, module, keeper, context, block, saying, honest, roundWith, round, conduct, register };
}

const named = (events: readonly ChainEvent[], type: string) => events.filter((event) => event.type === type);

describe('the beacon', () => {
  it('fixes the input of round 1 in genesis, another one for each chain', () => {
    const chain = start();
    const hash = createHash('sha256').update('infinet/beacon').update('beacon-1').update(new Uint8Array(32));
    const expected = hash.update(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1)).digest();
    expect(chain.keeper.current(chain.context())).toEqual({ round: 1n, alpha: Uint8Array.from(expected) });
    const other = start(genesis, 'beacon-2');
    expect(other.keeper.current(other.context()).alpha).not.toEqual(Uint8Array.from(expected));
  });

  it('closes a round after its window with a value that anyone computes again from the proofs', () => {
    const chain = start();
    const events = chain.roundWith(1, 2, 3, 4);
    expect(named(events, roundClosed.type)).toHaveLength(1);
    const { round, outputs } = chain.round(1n);
    expect(outputs.map(({ operator }) => operator)).toEqual([1, 2, 3, 4].map(text));
    for (const output of outputs) {
      expect(verify(output.publicKey, round?.alpha ?? new Uint8Array(), output.proof)).toBeDefined();
    }
    const value = roundValue(outputs.map(({ proof }) => proof));
    expect(round?.value).toEqual(value);
    expect(chain.keeper.value(chain.context(), 1n)).toEqual(value);
    expect(chain.keeper.current(chain.context())).toEqual({ round: 2n, alpha: roundAlpha('beacon-1', value, 2n) });
    expect(chain.keeper.value(chain.context(), 2n)).toBeUndefined();
  });

  it('gathers over several blocks, so that one proposer cannot leave an output out', () => {
    const chain = start();
    for (const id of [3, 1, 4, 2]) chain.block(chain.saying(id));
    expect(chain.round(1n).outputs).toHaveLength(4);
    expect(chain.keeper.current(chain.context()).round).toBe(2n);
  });

  it('lengthens the window while two thirds of the power are not exceeded, and keeps the input', () => {
    const chain = start();
    const { alpha } = chain.keeper.current(chain.context());
    const events = chain.roundWith(1, 2);
    expect(named(events, roundExtended.type)).toHaveLength(1);
    expect(named([...chain.block(), ...chain.block()], roundExtended.type)).toHaveLength(0);
    expect(chain.keeper.current(chain.context())).toEqual({ round: 1n, alpha });
    expect(named(chain.block(chain.saying(4)), roundClosed.type)).toHaveLength(1);
  });

  it('records who withheld its output and says so in an event', () => {
    const chain = start();
    const [missed] = named(chain.roundWith(1, 2, 3), outputMissed.type);
    expect(missed === undefined ? undefined : outputMissed.decode(missed)).toEqual({ round: 1n, operator: text(4) });
    expect(chain.conduct(4)).toMatchObject({ missed: 1n, badProofs: 0n });
    expect(chain.conduct(3)).toMatchObject({ missed: 0n, badProofs: 0n });
  });

  it('keeps a bad proof out of the value, counts it once, and gives no second try in the window', () => {
    const chain = start();
    const wrong: Said = { round: 1n, proof: prove(seed(2), new Uint8Array()) };
    const votes = new Map([...chain.saying(1, 3, 4), [2, wrong]]);
    expect(named(chain.block(votes), proofRefused.type)).toHaveLength(1);
    expect(named(chain.block(new Map([[2, wrong]])), proofRefused.type)).toHaveLength(0);
    chain.block(chain.saying(2));
    chain.block();
    const valid = chain.round(1n).outputs.filter((output) => output.valid);
    expect(chain.round(1n).round?.value).toEqual(roundValue(valid.map(({ proof }) => proof)));
    expect(chain.conduct(2)).toMatchObject({ missed: 1n, badProofs: 1n });
  });

  it('goes on when a third of the power sent bad proofs and sends good ones a window later', () => {
    const chain = start();
    const wrong: Said = { round: 1n, proof: prove(seed(2), new Uint8Array()) };
    const refused = (events: readonly ChainEvent[]) => named(events, proofRefused.type).length;
    expect(refused(chain.block(new Map([...chain.saying(1, 3), [2, wrong], [4, wrong]])))).toBe(2);
    // One bad proof a window costs the chain no more than a good one.
    for (let at = 0; at < 3; at++) expect(refused(chain.block(new Map([[2, wrong]])))).toBe(0);
    expect(refused(chain.block(new Map([[2, wrong]])))).toBe(1);
    expect(chain.keeper.current(chain.context()).round).toBe(1n);
    expect(chain.keeper.inputFor(chain.context(), publicKey(seed(4)))?.round).toBe(1n);
    expect(named(chain.block(chain.saying(4)), roundClosed.type)).toHaveLength(1);
    expect(chain.conduct(2)).toMatchObject({ missed: 1n, badProofs: 2n });
    expect(chain.conduct(4)).toMatchObject({ missed: 0n, badProofs: 1n });
  });

  it('ignores what comes late for a closed round', () => {
    const chain = start();
    const late = chain.honest(4);
    chain.roundWith(1, 2, 3);
    const value = chain.keeper.value(chain.context(), 1n);
    chain.block(new Map([[4, late]]));
    expect(chain.keeper.value(chain.context(), 1n)).toEqual(value);
    expect(chain.round(1n).outputs).toHaveLength(3);
    expect(chain.conduct(4)).toMatchObject({ missed: 1n, badProofs: 0n });
  });

  it('names the next round for a task, whose input is not fixed yet', () => {
    const chain = start();
    expect(chain.keeper.nextRoundAfterNow(chain.context())).toBe(2n);
    chain.roundWith(1, 2, 3);
    expect(chain.keeper.nextRoundAfterNow(chain.context())).toBe(3n);
  });

  it('tells a node what it owes: nothing once its output is in, nothing for a key that does not count', () => {
    const chain = start();
    expect(chain.keeper.inputFor(chain.context(), publicKey(seed(1)))?.round).toBe(1n);
    chain.block(chain.saying(1));
    expect(chain.keeper.inputFor(chain.context(), publicKey(seed(1)))).toBeUndefined();
    expect(chain.keeper.inputFor(chain.context(), publicKey(seed(9)))).toBeUndefined();
  });

  it('forgets old rounds with their proofs', () => {
    const chain = start();
    for (let at = 0; at < 5; at++) chain.roundWith(1, 2, 3);
    expect(() => chain.round(2n)).toThrow('no longer kept');
    expect(chain.round(3n).outputs).toHaveLength(3);
  });
});

describe('penalties of the beacon', () => {
  const strict = {
    penalty_window_rounds: '6',
    free_misses: '1',
    slash_fraction_ppm: '100',
    jail_misses: '4',
    jail_seconds: '60',
    overdue_windows: '2',
  };
  const severe = { ...genesis, params: { ...genesis.params, ...strict } };
  const minute = 60_000_000_000n;

  it('let the first misses of a window pass, burn stake for the next ones and jail for many', () => {
    const chain = start(severe);
    chain.roundWith(1, 2, 3);
    expect(chain.punished).toEqual([]);
    for (let at = 0; at < 2; at++) chain.roundWith(1, 2, 3);
    expect(chain.punished).toEqual([
      [4, 100n, 0n],
      [4, 100n, 0n],
    ]);
    chain.roundWith(1, 2, 3);
    expect(chain.punished.at(-1)).toEqual([4, 100n, minute]);
    expect(chain.conduct(4)).toMatchObject({ missed: 4n, windowMissed: 0n, jailed: 1n });
    expect(chain.conduct(1)).toMatchObject({ missed: 0n });
  });

  it('count by windows of rounds: one miss in each is borne for ever', () => {
    const chain = start(severe);
    for (let at = 0; at < 4; at++) {
      chain.roundWith(1, 2, 3);
      for (let other = 0; other < 6; other++) chain.roundWith(1, 2, 3, 4);
    }
    expect(chain.punished).toEqual([]);
    expect(chain.conduct(4)).toMatchObject({ missed: 4n });
  });

  it('jail whose bad proofs hold a round open, a third of the power at a time, and the beacon goes on', () => {
    const powers = new Map([
      [1, 30n],
      [2, 30n],
      [3, 12n],
      [4, 28n],
    ]);
    const chain = start(severe, 'beacon-1', powers);
    const wrong: Said = { round: 1n, proof: prove(seed(4), new Uint8Array()) };
    const said = new Map([...chain.saying(1, 2), [4, wrong]]);
    chain.block(said);
    // Validator 3 says nothing: 40 % of the power give nothing usable, and the round stays open for its window and two more.
    for (let at = 0; at < 10; at++) expect(named(chain.block(), roundClosed.type)).toEqual([]);
    expect(chain.punished).toEqual([]);
    const overdue = chain.block();
    // The bad proof first; both together would be more than a third.
    expect(named(overdue, roundOverdue.type).map((event) => roundOverdue.decode(event).operator)).toEqual([text(4)]);
    expect(chain.punished).toEqual([[4, 100n, minute]]);
    expect(named(chain.block(), roundClosed.type)).toHaveLength(1);
  });

  it('jail whoever has no key too, without a loss: else newcomers without keys would stop the beacon for good', () => {
    const chain = start({ ...severe, keys: genesis.keys.slice(0, 3) }, 'beacon-1', new Map([[4, 20n]]));
    chain.block(chain.saying(1, 2, 3));
    for (let at = 0; at < 10; at++) chain.block();
    expect(chain.keeper.current(chain.context()).round).toBe(1n);
    chain.block();
    expect(chain.punished).toEqual([[4, 0n, minute]]);
    expect(named(chain.block(), roundClosed.type)).toHaveLength(1);
  });

  it('wait where most have not delivered: then it is the software, and nobody is jailed', () => {
    const chain = start(severe);
    chain.block(chain.saying(1, 2));
    for (let at = 0; at < 60; at++) chain.block();
    expect(chain.punished).toEqual([]);
    expect(named(chain.block(chain.saying(3)), roundClosed.type)).toHaveLength(1);
  });

  it('know a proof for another round by its code, and leave the round as it was', () => {
    const chain = start();
    const first = chain.honest(2);
    chain.roundWith(1, 2, 3);
    const { round, alpha } = chain.keeper.current(chain.context());
    const owed = { round, alpha, publicKey: publicKey(seed(2)) };
    const code = (number: number) => expect.objectContaining({ codespace: 'beacon', code: number });
    const proof = first?.proof ?? new Uint8Array();
    expect(() => checkProof(owed, { round: 1n, proof })).toThrow(code(9));
    expect(() => checkProof(owed, { round, proof })).toThrow(code(10));
    expect(checkProof(owed, { round, proof: prove(seed(2), alpha) })).toHaveLength(64);
    chain.block(new Map([[2, first]]));
    expect(chain.round(round).outputs).toEqual([]);
    chain.block(new Map([[2, { round, proof }]]));
    expect(chain.round(round).outputs).toMatchObject([{ operator: text(2), valid: false }]);
  });

  it('are set by governance alone', () => {
    const chain = start();
    const authority = addresses.accountText(bytes(99, 20));
    const update = (change: object, sender = authority) => {
      const next = { ...params.require(chain.context()), ...change };
      const message = MsgUpdateParams.encode({ authority: sender, params: next }).finish();
      chain.module.messages
        ?.find(({ typeUrl }) => typeUrl === msgUpdateParams.typeUrl)
        ?.prepare(message)
        .handle(chain.context());
    };
    expect(() => update({}, text(1))).toThrow(expect.objectContaining({ codespace: 'gov', code: 13 }));
    expect(() => update({ windowBlocks: 2n })).toThrow(expect.objectContaining({ codespace: 'beacon', code: 8 }));
    expect(params.require(chain.context()).windowBlocks).toBe(4n);
    update({ windowBlocks: 9n, freeMisses: 7n });
    expect(params.require(chain.context())).toMatchObject({ windowBlocks: 9n, freeMisses: 7n });
  });
});

describe('a VRF key', () => {
  it('counts two rounds after its registration, the old one until then', () => {
    const chain = start();
    const next = publicKey(seed(51));
    expect(chain.register(1, seed(51))).toBe(3n);
    expect(chain.keeper.activeKey(chain.context(), bytes(1, 20))).toEqual(publicKey(seed(1)));
    chain.roundWith(1, 2, 3);
    chain.roundWith(1, 2, 3);
    expect(chain.keeper.activeKey(chain.context(), bytes(1, 20))).toEqual(next);
    chain.block(new Map([[1, chain.honest(1, seed(51))]]));
    expect(chain.round(3n).outputs).toMatchObject([{ operator: text(1), valid: true }]);
  });

  it('rotates no more often than the parameter says', () => {
    const chain = start();
    chain.register(1, seed(51));
    expect(() => chain.register(1, seed(52))).toThrow('round 1, next rotation in round 6');
    for (let at = 0; at < 5; at++) chain.roundWith(2, 3, 4);
    expect(chain.register(1, seed(52))).toBe(8n);
  });

  it('is refused for strangers, used keys and keys that are none', () => {
    const chain = start();
    expect(() => chain.register(9, seed(51))).toThrow('only the operator of a validator');
    expect(() => chain.register(1, seed(2))).toThrow('registered before');
    expect(() => chain.register(1, seed(1))).toThrow('registered before');
    expect(() => chain.register(1, seed(51), bytes(0, 32))).toThrow('not an Ed25519 point');
    expect(() =>
      msgRegisterVrfKey.validate?.({ operator: text(1), publicKey: bytes(1, 31), proof: bytes(0, 80) }),
    ).toThrow('31 bytes');
  });

  it('is refused without a proof by the key itself, for this operator, on this chain: nobody occupies another’s key', () => {
    const chain = start();
    const [victims, own] = [publicKey(seed(51)), seed(52)];
    expect(() => chain.register(1, own, victims)).toThrow('does not show that the operator has the key');
    // What the victim once proved for itself, or elsewhere, is of no use to others.
    expect(() => chain.register(1, seed(51), victims, 2)).toThrow('does not show');
    expect(() => chain.register(1, seed(51), victims, 1, 'beacon-2')).toThrow('does not show');
    expect(chain.register(1, seed(51), victims)).toBe(3n);
  });

  it('is owed by nobody who has none', () => {
    const chain = start({ ...genesis, keys: genesis.keys.slice(0, 3) });
    expect(named(chain.roundWith(1, 2, 3), outputMissed.type)).toHaveLength(0);
  });
});

describe('the beacon genesis', () => {
  it('goes on from an export as if nothing had happened', () => {
    const chain = start();
    chain.roundWith(1, 2, 3);
    chain.register(1, seed(51));
    chain.block(chain.saying(2));
    const exported: unknown = JSON.parse(JSON.stringify(chain.module.exportGenesis?.(chain.context())));
    const other = start(exported);
    expect(other.module.exportGenesis?.(other.context())).toEqual(exported);
    expect(other.keeper.current(other.context())).toEqual(chain.keeper.current(chain.context()));
  });

  it('names the field that is wrong', () => {
    const withKey = (key: object) => ({ ...genesis, keys: [key] });
    expect(() => start(withKey({ operator: 'cosmos1x', public_key: '' }))).toThrow('app_state.beacon.keys[0].operator');
    expect(() => start(withKey({ operator: text(1), public_key: base64(bytes(0, 32)) }))).toThrow(
      'app_state.beacon.keys[0].public_key: not an Ed25519 point of large order',
    );
    const shortWindow = { ...genesis, params: { ...genesis.params, window_blocks: '2' } };
    expect(() => start(shortWindow)).toThrow('app_state.beacon.params.window_blocks: must be at least 3');
  });

  it('starts from 32 zero bytes as the value of round 0', () => {
    expect(VALUE_BEFORE_FIRST_ROUND).toEqual(new Uint8Array(32));
  });
});
