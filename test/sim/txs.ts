import { makeTx } from '../../chain/app/testing/txs.ts';
import { chainId, denom, users } from './actors.ts';
import type { Random } from './random.ts';
import { accounts, type Draft, type View } from './view.ts';

const gasLimit = 3_000_000n;

/** Signs drafts as wallets do, some of them badly. Keeps the sequences of one block's txs apart. */
export class Wallets {
  readonly #used = new Map<string, bigint>();
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  /** A tx of one or several messages of the same signer. */
  sign(random: Random, drafts: readonly Draft[]): Uint8Array {
    const [first] = drafts;
    if (first === undefined) throw new Error('a tx needs a message');
    const { signer } = first;
    const account = accounts.accounts.get(this.#view.ctx, signer.address);
    const used = this.#used.get(signer.text) ?? 0n;
    const spec = {
      signer,
      chainId,
      accountNumber: account?.accountNumber ?? 0n,
      sequence: (account?.sequence ?? 0n) + used,
      messages: drafts.map(({ message }) => message),
      gasLimit,
      fee: [{ denom, amount: '300' }],
    };
    switch (random.below(40)) {
      case 0:
        return makeTx({ ...spec, sequence: spec.sequence + 1n });
      case 1:
        return makeTx({ ...spec, fee: [{ denom, amount: '1' }] });
      case 2:
        return makeTx({ ...spec, tamper: (signature) => signature.map((byte) => byte ^ 1) });
      case 3:
        return makeTx({ ...spec, timeoutHeight: this.#view.height });
      case 4:
        return makeTx({ ...spec, fee: [{ denom: 'other', amount: '300' }] });
      case 5:
        return makeTx({ ...spec, memo: 'm'.repeat(300) });
      case 7:
      case 8:
        // Somebody else pays, if there is a grant; the sender's sequence moves only then.
        return makeTx({ ...spec, granter: random.pick(users).text });
      case 6:
        return random.bytes(random.below(200));
      default:
    }
    this.#used.set(signer.text, used + 1n);
    // Few have enough gas for everything; who runs out pays the fee and nothing else.
    return random.oneIn(15) ? makeTx({ ...spec, gasLimit: random.between(40_000n, 120_000n) }) : makeTx(spec);
  }
}
