import { remembered, type ValueCodec } from '../../chain/collections/values.ts';
import type { AnyValue } from '../../chain/tx/accounts.ts';
import { auth, protoAny } from '../../sdk/codec/index.ts';

/** An account as it is stored. Never changed in place: a new object is written. */
export interface Account {
  /** Bech32 account address. */
  readonly address: string;
  /** Set by the first tx that the account signs; module accounts never have one. */
  readonly pubKey?: AnyValue;
  readonly accountNumber: bigint;
  /** Number of txs signed so far. */
  readonly sequence: bigint;
  /** Present in module accounts, which no key controls. */
  readonly module?: ModuleAccountPart;
}

export interface ModuleAccountPart {
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** What the bank lets a module account do beside holding coins. */
export type Permission = 'minter' | 'burner' | 'staking';

export const baseAccountType = '/cosmos.auth.v1beta1.BaseAccount';
export const moduleAccountType = '/cosmos.auth.v1beta1.ModuleAccount';

/** The account as `google.protobuf.Any`, the form of state and queries. */
export function packAccount(account: Account): protoAny.Any {
  const base: auth.BaseAccount = {
    address: account.address,
    pubKey: account.pubKey === undefined ? undefined : { ...account.pubKey },
    accountNumber: account.accountNumber,
    sequence: account.sequence,
  };
  if (account.module === undefined) {
    return { typeUrl: baseAccountType, value: auth.BaseAccount.encode(base).finish() };
  }
  const { name, permissions } = account.module;
  const value = auth.ModuleAccount.encode({ baseAccount: base, name, permissions: [...permissions] }).finish();
  return { typeUrl: moduleAccountType, value };
}

/** Throws on a type of account that this chain does not know. */
export function unpackAccount({ typeUrl, value }: protoAny.Any): Account {
  if (typeUrl === baseAccountType) return auth.BaseAccount.decode(value);
  if (typeUrl !== moduleAccountType) throw new Error(`unknown account type ${typeUrl}`);
  const { baseAccount, name, permissions } = auth.ModuleAccount.decode(value);
  if (baseAccount === undefined) throw new Error(`module account ${name} lacks its base account`);
  return { ...baseAccount, module: { name, permissions: permissions.map(readPermission) } };
}

export function readPermission(text: string): Permission {
  if (text !== 'minter' && text !== 'burner' && text !== 'staking') throw new Error(`unknown permission ${text}`);
  return text;
}

/** Accounts in state. Every tx reads its signers' accounts several times, so decoded and written ones are remembered. */
export function accountValue(): ValueCodec<Account> {
  return remembered({
    // Bytes of its own, as the store would make them: else it would keep a copy that is not known here.
    write: (account) => new Uint8Array(protoAny.Any.encode(packAccount(account)).finish()),
    read: (bytes) => unpackAccount(protoAny.Any.decode(bytes)),
  });
}
