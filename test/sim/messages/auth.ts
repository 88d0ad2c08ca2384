import { msgUpdateParams } from '../../../modules/auth/messages.ts';
import { authTx } from '../../../sdk/codec/index.ts';
import { users } from '../actors.ts';
import { type Act, draft } from '../view.ts';

/** Only governance may. */
const usurp: Act = (random) => {
  const signer = random.pick(users);
  const message = authTx.MsgUpdateParams.fromPartial({
    authority: signer.text,
    params: { maxMemoCharacters: 1n, txSigLimit: 1n, txSizeCostPerByte: 1n },
  });
  return draft(signer, msgUpdateParams, message);
};

export const authActs: readonly Act[] = [usurp];
