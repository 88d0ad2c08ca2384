import { msgRegisterVrfKey } from '../../../modules/beacon/messages.ts';
import { operators, users, vrfPublicKey } from '../actors.ts';
import { type Act, draft } from '../view.ts';

const register: Act = (random) => {
  const signer = random.oneIn(8) ? random.pick(users) : random.pick(operators);
  const seed = random.pick(random.pick(operators).beaconSeeds);
  const own = operators.find(({ text }) => text === signer.text)?.beaconSeeds ?? [seed];
  const chosen = random.oneIn(10) ? seed : random.pick(own);
  const publicKey = random.oneIn(12) ? random.bytes(random.pick([0, 31, 32])) : vrfPublicKey(chosen);
  return draft(signer, msgRegisterVrfKey, { operator: signer.text, publicKey });
};

export const beaconActs: readonly Act[] = [register];
