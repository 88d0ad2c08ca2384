import { msgUnjail } from '../../../modules/slashing/messages.ts';
import { operators, users } from '../actors.ts';
import { type Act, draft, staking } from '../view.ts';

/** Whoever is in jail asks to be let out, often too early; some ask who never were. */
const unjail: Act = (random, { ctx }) => {
  const jailed = operators.filter(({ address }) => staking.validators.get(ctx, address)?.jailed);
  if (random.oneIn(12)) {
    const signer = random.oneIn(3) ? random.pick(operators) : random.pick(users);
    return draft(signer, msgUnjail, { validatorAddr: 'operator' in signer ? String(signer.operator) : signer.text });
  }
  if (jailed.length === 0) return undefined;
  const signer = random.pick(jailed);
  return draft(signer, msgUnjail, { validatorAddr: signer.operator });
};

export const slashingActs: readonly Act[] = [unjail];
