import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBech32, toBech32 } from '@cosmjs/encoding';
import { encodePubkey, makeAuthInfoBytes, makeSignDoc, type OfflineDirectSigner } from '@cosmjs/proto-signing';
import { ed25519Keys, stakingTx, tx } from '../../sdk/codec/index.ts';
import { encodeTxJson, writeTxJson } from '../app/genesisTx.ts';
import { JsonNode } from '../json/node.ts';
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

/** A signed genesis transaction and what it says. */
export interface Gentx {
  /** The encoded `cosmos.tx.v1beta1.TxRaw`. */
  readonly raw: Uint8Array;
  readonly message: stakingTx.MsgCreateValidator;
  /** `<node id>@host:port`; empty if the memo does not begin with one. */
  readonly peer: string;
  /** Ed25519 key of the beacon's VRF, 32 bytes, or empty: the SDK's own gentxs have none. */
  readonly vrfPublicKey: Uint8Array;
}

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
      memo: memoOf(options),
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
  const gentx = readGentx(raw);
  if (gentx.peer === '') throw new OperatorError(`${options.peer} is not where a node is reached: <node id>@host:port`);
  return gentx;
}

/** Where others reach the node, as the SDK has it, and behind a blank our own addition. */
function memoOf({ peer, vrfPublicKey }: GentxOptions): string {
  return vrfPublicKey.length === 0 ? peer : `${peer} vrf=${Buffer.from(vrfPublicKey).toString('base64')}`;
}

/** Throws when it is not one `MsgCreateValidator`. */
function readGentx(raw: Uint8Array): Gentx {
  const { messages, memo } = tx.TxBody.decode(tx.TxRaw.decode(raw).bodyBytes);
  const [message, ...more] = messages;
  if (message?.typeUrl !== createValidatorUrl || more.length > 0) throw new Error(`is not one ${createValidatorUrl}`);
  const [peer] = /^[0-9a-f]{40}@\S+:\d{1,5}(?=$|\s)/.exec(memo) ?? [''];
  const [, vrf = ''] = /\svrf=([A-Za-z0-9+/]{43}=)(?=$|\s)/.exec(memo) ?? [];
  return {
    raw,
    message: stakingTx.MsgCreateValidator.decode(message.value),
    peer,
    vrfPublicKey: Uint8Array.from(Buffer.from(vrf, 'base64')),
  };
}

/**
 * Keeps a gentx as one file in the folder that `readGentxs` reads, in the SDK's JSON and by the SDK's name, so that
 * `simd` reads it too. Returns its path.
 */
export function saveGentx(folder: string, gentx: Gentx): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `gentx-${gentx.peer.split('@')[0]}.json`);
  writeFileSync(path, `${writeTxJson(gentx.raw)}\n`);
  return path;
}

/** All gentxs of a folder, ours or of another SDK chain's software, by file name. Throws naming the file that is not one. */
export function readGentxs(folder: string): Gentx[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => {
    const path = join(folder, name);
    try {
      return readGentx(encodeTxJson(new JsonNode(JSON.parse(readFileSync(path, 'utf8')), 'the tx')));
    } catch (error) {
      throw new OperatorError(`${path} is not a genesis transaction: ${reason(error)}`, { cause: error });
    }
  });
}

/**
 * Puts the gentxs into the genesis in place of those that it has, and their VRF keys into the beacon, so that collecting
 * twice is the same as once. The tx's one message, its funds and its operator are checked here, its signature by
 * "genesis validate" and when the chain starts.
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
      genutil: { gen_txs: gentxs.map(({ raw }): unknown => JSON.parse(writeTxJson(raw))) },
    },
  };
  for (const { message, vrfPublicKey } of gentxs) {
    if (seen.has(message.validatorAddress)) {
      throw new OperatorError(`two genesis transactions create the validator ${message.validatorAddress}`);
    }
    seen.add(message.validatorAddress);
    requireFunds(genesis, message);
    const account = toBech32(bech32Prefix(genesis), fromBech32(message.validatorAddress).data);
    collected = addVrfKey(collected, account, vrfPublicKey);
  }
  return collected;
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
