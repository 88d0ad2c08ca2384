import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBech32, toBech32 } from '@cosmjs/encoding';
import { encodePubkey, makeAuthInfoBytes, makeSignDoc, type OfflineDirectSigner } from '@cosmjs/proto-signing';
import { z } from 'zod';
import { ed25519Keys, stakingTx, tx } from '../../sdk/codec/index.ts';
import { OperatorError, reason } from './failure.ts';
import { addVrfKey, bech32Prefix, type Genesis } from './genesis.ts';

export interface GentxOptions {
  readonly genesis: Genesis;
  /** Signs for the operator's account. */
  readonly signer: OfflineDirectSigner;
  readonly moniker: string;
  /** Ed25519 consensus key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Ed25519 key of the beacon's VRF, 32 bytes, or empty. */
  readonly vrfPublicKey: Uint8Array;
  /** Self-delegation in the bond denom's smallest unit. */
  readonly tokens: bigint;
  /** `<node id>@host:port`, where others reach this node; rides in the memo. */
  readonly peer: string;
}

/** What is handed to whoever collects: the signed tx and, for people to read, what it says. */
const gentxShape = z.object({
  moniker: z.string(),
  operator_address: z.string(),
  tokens: z.string().regex(/^\d+$/),
  peer: z.string(),
  /** Base64. */
  vrf_public_key: z.base64(),
  /** A `cosmos.tx.v1beta1.TxRaw` in Base64. */
  tx: z.base64(),
});
export type Gentx = z.infer<typeof gentxShape>;

const createValidatorUrl = '/cosmos.staking.v1beta1.MsgCreateValidator';

/** Signs the creation of a validator that InitChain carries out before the first block (SIGN_MODE_DIRECT, sequence 0). */
export async function makeGentx(options: GentxOptions): Promise<Gentx> {
  const { genesis, signer } = options;
  const [account] = await signer.getAccounts();
  if (account === undefined) throw new OperatorError('the key holds no account');
  const { data } = fromBech32(account.address);
  const operator = toBech32(`${bech32Prefix(genesis)}valoper`, data);
  const denom = genesis.app_state.staking.params.bond_denom;
  const message = stakingTx.MsgCreateValidator.fromPartial({
    description: { moniker: options.moniker },
    commission: { rate: tenths(1n), maxRate: tenths(2n), maxChangeRate: (tenthsUnit / 10n).toString() },
    minSelfDelegation: '1',
    delegatorAddress: account.address,
    validatorAddress: operator,
    pubkey: {
      typeUrl: '/cosmos.crypto.ed25519.PubKey',
      value: ed25519Keys.PubKey.encode({ key: options.publicKey }).finish(),
    },
    value: { denom, amount: options.tokens.toString() },
  });
  const body = tx.TxBody.encode(
    tx.TxBody.fromPartial({
      messages: [{ typeUrl: createValidatorUrl, value: stakingTx.MsgCreateValidator.encode(message).finish() }],
      memo: options.peer,
    }),
  ).finish();
  const key = encodePubkey({
    type: 'tendermint/PubKeySecp256k1',
    value: Buffer.from(account.pubkey).toString('base64'),
  });
  const authInfo = makeAuthInfoBytes([{ pubkey: key, sequence: 0 }], [], 200_000, undefined, undefined);
  // Before the first block accounts have no numbers yet: the SDK signs genesis txs with number 0.
  const { signed, signature } = await signer.signDirect(
    account.address,
    makeSignDoc(body, authInfo, genesis.chain_id, 0),
  );
  const raw = tx.TxRaw.encode({
    bodyBytes: signed.bodyBytes,
    authInfoBytes: signed.authInfoBytes,
    signatures: [Uint8Array.from(Buffer.from(signature.signature, 'base64'))],
  }).finish();
  return {
    moniker: options.moniker,
    operator_address: operator,
    tokens: options.tokens.toString(),
    peer: options.peer,
    vrf_public_key: Buffer.from(options.vrfPublicKey).toString('base64'),
    tx: Buffer.from(raw).toString('base64'),
  };
}

/** Keeps a gentx as one file in the folder that `collectGentxs` reads. Returns its path. */
export function saveGentx(folder: string, gentx: Gentx): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `gentx-${gentx.operator_address}.json`);
  writeFileSync(path, `${JSON.stringify(gentx, undefined, 2)}\n`);
  return path;
}

/** All gentxs of a folder, by file name. Throws naming the file that is not one. */
export function readGentxs(folder: string): Gentx[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => {
    try {
      return gentxShape.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
    } catch (error) {
      throw new OperatorError(`${join(folder, name)} is not a genesis transaction: ${reason(error)}`, { cause: error });
    }
  });
}

/**
 * Puts the gentxs into the genesis in place of those that it has, and their VRF keys into the beacon, so that collecting
 * twice is the same as once. The tx's one message, its funds and its operator are checked here, its signature when the
 * chain starts; peer and VRF key are as unsigned as the genesis itself.
 */
export function collectGentxs(genesis: Genesis, gentxs: readonly Gentx[]): Genesis {
  if (gentxs.length === 0) throw new OperatorError('there are no genesis transactions to collect: see "genesis gentx"');
  const seen = new Set<string>();
  const { beacon } = genesis.app_state;
  let collected: Genesis = {
    ...genesis,
    app_state: {
      ...genesis.app_state,
      beacon: beacon && { ...beacon, keys: [] },
      genutil: { gen_txs: gentxs.map(({ tx }) => tx) },
    },
  };
  for (const gentx of gentxs) {
    const message = createValidatorOf(gentx);
    if (seen.has(message.validatorAddress)) {
      throw new OperatorError(`two genesis transactions create the validator ${message.validatorAddress}`);
    }
    seen.add(message.validatorAddress);
    requireFunds(genesis, message);
    const account = toBech32(bech32Prefix(genesis), fromBech32(message.validatorAddress).data);
    collected = addVrfKey(collected, account, Buffer.from(gentx.vrf_public_key, 'base64'));
  }
  return collected;
}

function createValidatorOf(gentx: Gentx): stakingTx.MsgCreateValidator {
  try {
    const raw = tx.TxRaw.decode(Buffer.from(gentx.tx, 'base64'));
    const [message, ...more] = tx.TxBody.decode(raw.bodyBytes).messages;
    if (message?.typeUrl !== createValidatorUrl || more.length > 0) throw new Error(`not one ${createValidatorUrl}`);
    return stakingTx.MsgCreateValidator.decode(message.value);
  } catch (error) {
    throw new OperatorError(`the genesis transaction of ${gentx.moniker} cannot be read: ${reason(error)}`);
  }
}

function requireFunds(genesis: Genesis, { validatorAddress, value }: stakingTx.MsgCreateValidator): void {
  const account = toBech32(bech32Prefix(genesis), fromBech32(validatorAddress).data);
  const coins = genesis.app_state.bank.balances.find(({ address }) => address === account)?.coins ?? [];
  const held = BigInt(coins.find(({ denom }) => denom === value.denom)?.amount ?? '0');
  if (held < BigInt(value.amount)) {
    throw new OperatorError(
      `${account} wants to stake ${value.amount}${value.denom} and has ${held}${value.denom} in the genesis: ` +
        'add it first with "genesis add-account"',
    );
  }
}

const tenthsUnit = 10n ** 17n;

/** A decimal on the wire counts units of 10^-18. */
function tenths(count: bigint): string {
  return (count * tenthsUnit).toString();
}
