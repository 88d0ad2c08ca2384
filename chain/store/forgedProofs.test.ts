import { iavlSpec, ics23, tendermintSpec, verifyMembership, verifyNonMembership } from '@confio/ics23';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommitMultiStore } from './multistore.ts';

const runs = Number(process.env.PROOF_RUNS ?? 3_000);

/** 60 entries under even numbers; odd numbers are absent. */
const keyOf = (number: number) => Buffer.from(`key/${number.toString().padStart(3, '0')}`);
const present = Array.from({ length: 60 }, (_, index) => 2 * index);
const absent = Array.from({ length: 61 }, (_, index) => 2 * index - 1).filter((number) => number > 0);
const entryOf = (number: number) => Buffer.from(`value of ${number}`);

function commitStore() {
  const stores = ['acc', 'bank', 'staking'];
  const store = CommitMultiStore.open(undefined, { meta: { chainId: 'proofs-1', bech32Prefix: 'infinet' }, stores });
  const block = store.working.branch();
  for (const number of present) block.store('bank').set(keyOf(number).toString('latin1'), entryOf(number));
  block.store('acc').set('other', Buffer.from('store'));
  block.write();
  store.stage(1n);
  store.commit();
  return store.at();
}

const version = commitStore();

/** Encoded ICS-23 proofs of a key: under the store's root, and of that root under the app hash. */
function proofsOf(number: number) {
  const [inner, outer] = version.prove('bank', keyOf(number));
  if (inner === undefined || outer === undefined) throw new Error('two steps expected');
  const exist = ics23.CommitmentProof.decode(outer.data).exist;
  return { inner: inner.data, outer: outer.data, root: Uint8Array.from(exist?.value ?? []) };
}

const { root } = proofsOf(0);

/** Bytes turned, cut out, put in, repeated. */
const damage = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('flip', 'set', 'cut', 'insert', 'repeat'),
  value: fc.integer({ min: 0, max: 255 }),
  length: fc.integer({ min: 1, max: 40 }),
});
type Damage = typeof damage extends fc.Arbitrary<infer D> ? D : never;

function apply(bytes: Uint8Array, { at, kind, value, length }: Damage): Uint8Array {
  const position = at % (bytes.length + 1);
  const [head, tail] = [bytes.subarray(0, position), bytes.subarray(position)];
  if (kind === 'cut') return Buffer.concat([head, tail.subarray(length)]);
  if (kind === 'insert') return Buffer.concat([head, Buffer.alloc(length, value), tail]);
  if (kind === 'repeat') return Buffer.concat([head, tail.subarray(0, length), tail]);
  const changed = Buffer.from(bytes);
  if (position < changed.length)
    changed[position] = kind === 'set' ? value : (changed[position] ?? 0) ^ (1 << (value % 8));
  return changed;
}

/** As a light client does: bytes that do not decode are no proof. */
function accepts(check: (proof: ics23.ICommitmentProof) => boolean, bytes: Uint8Array): boolean {
  try {
    return check(ics23.CommitmentProof.decode(bytes));
  } catch {
    return false;
  }
}

const anyNumber = fc.constantFrom(...present, ...absent);
const damages = fc.array(damage, { maxLength: 4 });

describe('a forged proof', () => {
  it('shows no entry under another value, no absent key as present, no present key as absent', () => {
    const claims = fc.oneof(
      fc.record({
        kind: fc.constant('value'),
        number: fc.constantFrom(...present),
        value: fc.uint8Array({ maxLength: 20 }),
      }),
      fc.record({
        kind: fc.constant('present'),
        number: fc.constantFrom(...absent),
        value: fc.constantFrom(...present.map(entryOf)),
      }),
      fc.record({ kind: fc.constant('absent'), number: fc.constantFrom(...present), value: fc.constant(Buffer.of()) }),
    );
    fc.assert(
      fc.property(claims, anyNumber, damages, (claim, genuine, list) => {
        if (claim.kind === 'value' && Buffer.compare(claim.value, entryOf(claim.number)) === 0) return;
        const bytes = list.reduce(apply, proofsOf(genuine).inner);
        const check = (proof: ics23.ICommitmentProof) =>
          claim.kind === 'absent'
            ? verifyNonMembership(proof, iavlSpec, root, keyOf(claim.number))
            : verifyMembership(proof, iavlSpec, root, keyOf(claim.number), claim.value);
        expect(accepts(check, bytes)).toBe(false);
      }),
      { numRuns: runs },
    );
  });

  it('leads no other root to the app hash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), damages, (other, list) => {
        const bytes = list.reduce(apply, proofsOf(0).outer);
        const check = (proof: ics23.ICommitmentProof) =>
          verifyMembership(proof, tendermintSpec, version.appHash, Buffer.from('bank'), other);
        expect(accepts(check, bytes)).toBe(false);
      }),
      { numRuns: runs },
    );
  });

  it('of absence needs both neighbours, and they must be neighbours', () => {
    const existence = (number: number) => ics23.CommitmentProof.decode(proofsOf(number).inner).exist;
    const check = (left: number | undefined, key: number, right: number | undefined) => {
      const proof = {
        nonexist: {
          key: keyOf(key),
          left: left === undefined ? null : existence(left),
          right: right === undefined ? null : existence(right),
        },
      };
      try {
        return verifyNonMembership(proof, iavlSpec, root, keyOf(key));
      } catch {
        return false;
      }
    };
    for (const key of absent.filter((number) => number < 118)) {
      expect(check(key - 1, key, key + 1)).toBe(true);
      expect(check(undefined, key, key + 1)).toBe(false);
      expect(check(key - 1, key, undefined)).toBe(false);
      expect(check(key + 1, key, key - 1)).toBe(false);
      if (key > 2) expect(check(key - 3, key, key + 1)).toBe(false);
      if (key < 116) expect(check(key - 1, key, key + 3)).toBe(false);
    }
  });
});
