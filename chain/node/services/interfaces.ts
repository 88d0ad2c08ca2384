import type { DescMessage } from '@bufbuild/protobuf';
import { descriptors, option } from '../../../sdk/codec/descriptors.ts';

export const messageInterface = 'cosmos.base.v1beta1.Msg';
export const keyInterface = 'cosmos.crypto.PubKey';

/** What the SDK's modules say in code and their descriptors do not, or say otherwise (`RegisterInterfaces` of 0.50). */
const inCode: Readonly<Record<string, readonly string[]>> = {
  'cosmos.auth.v1beta1.BaseAccount': ['cosmos.auth.v1beta1.AccountI', 'cosmos.auth.v1beta1.GenesisAccount'],
  'cosmos.auth.v1beta1.ModuleAccount': ['cosmos.auth.v1beta1.AccountI', 'cosmos.auth.v1beta1.GenesisAccount'],
  'cosmos.auth.v1beta1.ModuleCredential': [],
  'cosmos.crypto.secp256r1.PrivKey': [],
  'cosmos.tx.v1beta1.Tx': ['cosmos.tx.v1beta1.Tx'],
};

/** Interfaces that nothing stands for yet, which the SDK lists all the same. */
const open = ['cosmos.tx.v1beta1.TxExtensionOptionI'] as const;

/** Keys and transaction messages say it by their names and signers, all others by an option. */
export function interfacesOf(type: DescMessage): readonly string[] {
  const fixed = inCode[type.typeName];
  if (fixed !== undefined) return fixed;
  const [, key] = /^cosmos\.crypto\..*\.(?:LegacyAmino)?(PubKey|PrivKey)$/.exec(type.typeName) ?? [];
  if (key !== undefined) return [`cosmos.crypto.${key}`];
  const names = option(type, 'cosmos_proto.implements_interface');
  const declared = Array.isArray(names) ? names.map(String) : [];
  const signers = option(type, 'cosmos.msg.v1.signer');
  const signed = Array.isArray(signers) && signers.length > 0 && type.name.startsWith('Msg');
  return signed ? [...declared, messageInterface] : declared;
}

function packageOf(typeUrl: string): string {
  return typeUrl.slice(1, typeUrl.lastIndexOf('.'));
}

/** Type URLs of what stands for each interface in an `Any`, in a chain whose modules handle these messages (type URLs). */
export function implementations(messages: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>(open.map((name) => [name, []]));
  const add = (name: string, typeUrl: string) => found.set(name, [...(found.get(name) ?? []), typeUrl]);
  const served = new Set([...messages.map(packageOf), 'cosmos.tx.v1beta1']);
  const handled = new Set(messages);
  for (const type of descriptors) {
    if (type.kind === 'service' && type.name === 'Msg') {
      for (const { input, output } of type.methods) {
        if (!handled.has(`/${input.typeName}`)) continue;
        add(messageInterface, `/${input.typeName}`);
        add('cosmos.tx.v1beta1.MsgResponse', `/${output.typeName}`);
      }
    }
    if (type.kind !== 'message') continue;
    if (!type.typeName.startsWith('cosmos.crypto.') && !served.has(packageOf(`/${type.typeName}`))) continue;
    for (const name of interfacesOf(type)) if (name !== messageInterface) add(name, `/${type.typeName}`);
  }
  return found;
}
