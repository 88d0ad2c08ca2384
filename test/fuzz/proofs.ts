import { proves } from '../../indexer/graphql/proof.ts';
import { balancesOf } from '../../modules/bank/state.ts';
import * as ecvrf from '../../modules/beacon/ecvrf.ts';
import { denom, digest, users } from '../sim/actors.ts';
import { liveChain } from './chain.ts';
import { mutate } from './mutate.ts';
import { damage } from './mutateFields.ts';
import type { Target } from './target.ts';

/** Proofs of state and of random functions: damaged ones are refused, and prove nothing that is not so. */
export async function proofTarget(): Promise<Target> {
  const chain = await liveChain(20, () => false);
  const { app, machine } = chain.machine;
  const genuine = users.map(({ address }) => {
    const key = Buffer.from(`\x02${balancesOf(address)}${denom}`, 'latin1');
    const { value, proofOps } = app.query({ path: '/store/bank/key', data: key, height: 0n, prove: true });
    return { key, value, ops: proofOps?.ops ?? [] };
  });
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
      const claim = random.oneIn(3) ? two.value : lie;
      const holds = proves('bank', two.key, claim, ops, machine.appHash);
      if (holds && Buffer.compare(claim, two.value) !== 0) throw new Error('a forged balance was accepted');
      return holds;
    },
    close: chain.close,
  };
}
