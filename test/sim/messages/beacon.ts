import { prove } from '../../../modules/beacon/ecvrf.ts';
import { keyProofAlpha } from '../../../modules/beacon/formulas.ts';
import { msgRegisterVrfKey } from '../../../modules/beacon/messages.ts';
import { chainId, operators, users, vrfPublicKey } from '../actors.ts';
import { type Act, draft } from '../view.ts';

/** Some try a key of somebody else, or one that is none; without its proof that helps nobody. */
const register: Act = (random) => {
  const signer = random.oneIn(8) ? random.pick(users) : random.pick(operators);
  const seed = random.pick(random.pick(operators).beaconSeeds);
  const own = operators.find(({ text }) => text === signer.text)?.beaconSeeds ?? [seed];
  const chosen = random.pick(own);
  const stolen = random.oneIn(10) ? vrfPublicKey(seed) : vrfPublicKey(chosen);
  const publicKey = random.oneIn(12) ? random.bytes(random.pick([0, 31, 32])) : stolen;
  const proof = prove(chosen, keyProofAlpha(chainId, signer.address));
  return draft(signer, msgRegisterVrfKey, { operator: signer.text, publicKey, proof });
};

export const beaconActs: readonly Act[] = [register];
