import { type Actor, denom, users } from './actors.ts';
import type { Random } from './random.ts';
import { modeOf, signTx, type TxParts, type TxSigner } from './signing.ts';
import { accounts, type Draft, grants, type View } from './view.ts';

const gasLimit = 3_000_000n;

/** Signs drafts as wallets do, some of them badly. Keeps the sequences of one block's txs apart. */
export class Wallets {
  readonly #used = new Map<string, bigint>();
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  /** A tx of one or several messages; each of their signers signs, and a payer if there is one. */
  sign(random: Random, drafts: readonly Draft[]): Uint8Array {
    const [first] = drafts;
    if (first === undefined) throw new Error('a tx needs a message');
    const signers = [...new Map(drafts.map(({ signer }) => [signer.text, signer])).values()];
    const parts: TxParts = {
      signers: signers.map((actor) => this.#signer(random, actor)),
      messages: drafts.map(({ message }) => message),
      gasLimit,
      fee: [{ denom, amount: '300' }],
    };
    const kind = random.below(40);
    if (kind === 0) return random.bytes(random.below(200));
    const spoilt = spoil(random, kind, parts, this.#view);
    if (spoilt !== undefined) return signTx(spoilt);
    const paid = this.#paid(random, parts);
    for (const { actor } of paid.signers) this.#used.set(actor.text, (this.#used.get(actor.text) ?? 0n) + 1n);
    // Few have enough gas for everything; who runs out pays the fee and nothing else.
    return signTx(random.oneIn(15) ? { ...paid, gasLimit: random.between(40_000n, 120_000n) } : paid);
  }

  /** Sometimes somebody else pays: a payer who signs too, or one who granted it before. */
  #paid(random: Random, parts: TxParts): TxParts {
    const payer = random.pick(users);
    if (random.oneIn(20) && parts.signers.every(({ actor }) => actor.text !== payer.text)) {
      return { ...parts, signers: [...parts.signers, this.#signer(random, payer)], payer: payer.text };
    }
    const granted = grantsTo(parts.signers[0]?.actor, this.#view);
    return granted.length > 0 && random.oneIn(4) ? { ...parts, granter: random.pick(granted) } : parts;
  }

  /** Somebody who signs next; most show the tx as protobuf, every fifth as JSON. */
  #signer(random: Random, actor: Actor): TxSigner {
    const account = accounts.accounts.get(this.#view.ctx, actor.address);
    const used = this.#used.get(actor.text) ?? 0n;
    const sequence = (account?.sequence ?? 0n) + used;
    const mode = random.oneIn(5) ? 'amino' : modeOf(actor);
    return { actor, accountNumber: account?.accountNumber ?? 0n, sequence, mode };
  }
}

/** A tx that fails, by what is wrong; undefined for most kinds. */
function spoil(random: Random, kind: number, parts: TxParts, view: View): TxParts | undefined {
  const [signer, ...others] = parts.signers;
  if (signer === undefined) return undefined;
  switch (kind) {
    case 1:
      return { ...parts, fee: [{ denom, amount: '1' }] };
    case 2:
      return { ...parts, tamper: (signature) => signature.map((byte) => byte ^ 1) };
    case 3:
      return { ...parts, timeoutHeight: view.height };
    case 4:
      return { ...parts, fee: [{ denom: 'other', amount: '300' }] };
    case 5:
      return { ...parts, memo: 'm'.repeat(300) };
    case 6:
      return { ...parts, signers: [{ ...signer, sequence: signer.sequence + 1n }, ...others] };
    case 7:
      // Mostly there is no grant; the sender's sequence moves only where there is one.
      return { ...parts, granter: random.pick(users).text };
    case 8:
      return { ...parts, signers: [{ ...signer, actor: random.pick(users) }, ...others] };
    default:
      return undefined;
  }
}

/** Addresses of those who pay fees for this account. */
function grantsTo(actor: Actor | undefined, { ctx }: View): string[] {
  if (actor === undefined) return [];
  const walk = grants.grants.walk(ctx, { prefix: grants.grantedTo(actor.address) });
  return [...walk].map(([, { granter }]) => granter);
}
