import { moduleAddress } from '../../../modules/auth/keeper.ts';
import { msgMultiSend, msgSend } from '../../../modules/bank/messages.ts';
import { addresses, denom, stranger, users } from '../actors.ts';
import { type Act, amount, draft } from '../view.ts';

const receivers = [...users, stranger].map(({ text }) => text);
const odd = [addresses.accountText(moduleAddress('bonded_tokens_pool')), 'nobody', ''];

const send: Act = (random) => {
  const signer = random.pick(users);
  const toAddress = random.oneIn(12) ? random.pick(odd) : random.pick(receivers);
  const name = random.oneIn(6) ? random.pick(['other', 'none', '']) : denom;
  const coins = [{ denom: name, amount: amount(random, 5_000_000_000n) }];
  if (random.oneIn(10)) coins.push({ denom: 'other', amount: amount(random, 50n) });
  return draft(signer, msgSend, { fromAddress: signer.text, toAddress, amount: coins });
};

const multiSend: Act = (random) => {
  const signer = random.pick(users);
  const each = random.between(1n, 1_000_000n);
  const outputs = Array.from({ length: 1 + random.below(4) }, () => ({
    address: random.pick(receivers),
    coins: [{ denom, amount: each.toString() }],
  }));
  const total = each * BigInt(outputs.length) + (random.oneIn(6) ? 1n : 0n);
  return draft(signer, msgMultiSend, {
    inputs: [{ address: signer.text, coins: [{ denom, amount: total.toString() }] }],
    outputs,
  });
};

export const bankActs: readonly Act[] = [send, send, send, multiSend];
