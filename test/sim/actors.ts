import { createHash } from 'node:crypto';
import { type Key, keyOf } from '../../chain/app/testing/txs.ts';
import { type Signer, validatorOf } from '../../chain/app/testing/votes.ts';
import { addressOfKey } from '../../chain/tx/keys.ts';
import { publicKey } from '../../modules/beacon/ecvrf.ts';
import { createAddressCodec } from '../../sdk/address.ts';

/** Who lives on the simulated chain. Everything about an actor follows from its name. */

export const chainId = 'simulation-1';
export const denom = 'uinf';
export const addresses = createAddressCodec('infinet');

export interface Actor extends Key {
  readonly name: string;
  /** Of an account of several keys, of which the first `threshold` sign. Its own key then is none. */
  readonly members?: { readonly keys: readonly Key[]; readonly threshold: number };
}

/** An account that may run a validator. */
export interface Operator extends Actor {
  /** `infinetvaloper1...` */
  readonly operator: string;
  readonly consensus: Signer;
  /** The verifier's hot key. */
  readonly worker: Actor;
  readonly verifierSeed: Uint8Array;
  /** Seeds of the beacon's VRF keys; it rotates from one to the next. */
  readonly beaconSeeds: readonly Uint8Array[];
}

export function digest(text: string): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(text).digest());
}

function actor(name: string): Actor {
  return { ...keyOf(`simulated ${name}`), name };
}

/** An account of three keys, two of which sign: LegacyAminoPubKey. */
function group(name: string): Actor {
  const keys = [0, 1, 2].map((n) => keyOf(`simulated ${name} member ${n}`));
  const members = keys.map(({ point }) => ({ kind: 'secp256k1', bytes: point }) as const);
  const address = addressOfKey({ kind: 'multisig', threshold: 2, keys: members });
  const none = new Uint8Array();
  const text = addresses.accountText(address);
  return { name, address, text, privateKey: none, point: none, members: { keys, threshold: 2 } };
}

function operator(name: string): Operator {
  const account = actor(name);
  return {
    ...account,
    operator: addresses.operatorText(account.address),
    consensus: validatorOf(`simulated consensus ${name}`, 0n),
    worker: actor(`worker of ${name}`),
    verifierSeed: digest(`verifier ${name}`),
    beaconSeeds: [0, 1, 2].map((n) => digest(`beacon ${name} ${n}`)),
  };
}

const count = (length: number) => Array.from({ length }, (_, index) => index);

/** Ordinary accounts; the last two belong to several people each. */
export const users: readonly Actor[] = [
  ...count(12).map((n) => actor(`user ${n}`)),
  ...count(2).map((n) => group(`group ${n}`)),
];
/** Holds the key that on the real chain nobody has: that of governance. */
export const governor = actor('governor');
/** The first five validate from genesis on, the others may join. */
export const operators: readonly Operator[] = count(8).map((n) => operator(`operator ${n}`));
export const genesisOperators = operators.slice(0, 5);
export const trainers: readonly Actor[] = count(3).map((n) => actor(`trainer ${n}`));
export const challenger = actor('challenger');
/** Has no account. */
export const stranger = actor('stranger');

export const everyone: readonly Actor[] = [
  ...users,
  ...operators,
  ...operators.map(({ worker }) => worker),
  ...trainers,
  challenger,
  governor,
];

const byAddress = new Map<string, Actor>([...everyone, stranger].map((one) => [one.text, one]));

/** The actor with this Bech32 account address. */
export function actorOf(address: string): Actor {
  const found = byAddress.get(address);
  if (found === undefined) throw new Error(`nobody here has the address ${address}`);
  return found;
}

export function operatorOf(address: string): Operator {
  const found = operators.find(({ text }) => text === address);
  if (found === undefined) throw new Error(`${address} is not an operator`);
  return found;
}

/** Operators by the hex of their consensus key. */
const byConsensusKey = new Map(operators.map((one) => [Buffer.from(one.consensus.publicKey).toString('hex'), one]));

export function consensusOwner(key: Uint8Array): Operator {
  const found = byConsensusKey.get(Buffer.from(key).toString('hex'));
  if (found === undefined) throw new Error('an unknown key is in the validator set');
  return found;
}

export function vrfPublicKey(seed: Uint8Array): Uint8Array {
  return publicKey(seed);
}
