import { proves } from '../../indexer/graphql/proof.ts';
import type { SourceProofOp } from '../../indexer/source/block.ts';
import { balancesOf } from '../../modules/bank/state.ts';
import * as ecvrf from '../../modules/beacon/ecvrf.ts';
import { denom, digest, users } from '../sim/actors.ts';
import { liveChain } from './chain.ts';
import type { Reader } from './guided.ts';
import { mutate } from './mutate.ts';
import { damage } from './mutateFields.ts';
import type { Target } from './target.ts';

/** Proofs of state and of random functions: damaged ones are refused, and prove nothing that is not so. */
export async function proofTarget(): Promise<Target> {
  const { genuine, judge, close } = await provenState();
  const seed = digest('fuzzed');
  const alpha = digest('input');
  const vrf = { publicKey: ecvrf.publicKey(seed), proof: ecvrf.prove(seed, alpha) };
  const output = ecvrf.verify(vrf.publicKey, alpha, vrf.proof);
  return {
    name: 'proof',
    run: (random) => {
      if (random.oneIn(32)) {
        const proof = mutate(random, vrf.proof, vrf.publicKey);
        const accepted = ecvrf.verify(vrf.publicKey, alpha, proof);
        // A verifiable random function has one output, whatever the proof.
        if (accepted !== undefined && Buffer.compare(accepted, output ?? digest('')) !== 0)
          throw new Error('a second output');
        return accepted !== undefined;
      }
      const [one, two] = [random.pick(genuine), random.pick(genuine)];
      const changed = random.below(one.ops.length + 1);
      const ops = one.ops.map((op, at) =>
        at === changed ? op : { ...op, data: damage(random, op.data, random.pick(two.ops).data) },
      );
      const lie = random.oneIn(2) ? random.bytes(1 + random.below(12)) : new Uint8Array();
      return judge(two, random.oneIn(3) ? two.value : lie, ops);
    },
    close,
  };
}

/**
 * The first byte says whose proof is changed, the second whose balance is asked for, the third which step of the proof
 * the rest takes the place of, the fourth how many bytes of it are the claim (none: the balance that is so).
 */
export async function proofReader(): Promise<Reader> {
  const { genuine, judge, close } = await provenState();
  return {
    name: 'proof',
    header: 4,
    seeds: genuine.flatMap(({ ops }, user) =>
      ops.map(({ data }, at) => Buffer.concat([Buffer.of(user, user, at, 0), data])),
    ),
    read: (bytes) => {
      const [from = 0, to = 0, at = 0, claimed = 0] = bytes;
      const [one, two] = [genuine[from % genuine.length], genuine[to % genuine.length]];
      if (one === undefined || two === undefined) throw new Error('nobody has a balance');
      const claim = claimed % 16 === 0 ? two.value : bytes.subarray(4, 4 + (claimed % 16));
      const data = bytes.subarray(4 + (claimed % 16));
      const ops = one.ops.map((op, index) => (index === at % one.ops.length ? { ...op, data } : op));
      return judge(two, claim, ops);
    },
    close,
  };
}

type Genuine = Readonly<{ key: Buffer; value: Uint8Array; ops: readonly SourceProofOp[] }>;

async function provenState() {
  const chain = await liveChain(20, () => false);
  const { app, machine } = chain.machine;
  const genuine: readonly Genuine[] = users.map(({ address }) => {
    const key = Buffer.from(`\x02${balancesOf(address)}${denom}`, 'latin1');
    const { value, proofOps } = app.query({ path: '/store/bank/key', data: key, height: 0n, prove: true });
    return { key, value, ops: proofOps?.ops ?? [] };
  });
  const judge = ({ key, value }: Genuine, claim: Uint8Array, ops: readonly SourceProofOp[]): boolean => {
    const holds = proves('bank', key, claim, ops, machine.appHash);
    if (holds && Buffer.compare(claim, value) !== 0) throw new Error('a forged balance was accepted');
    return holds;
  };
  return { genuine, judge, close: chain.close };
}
