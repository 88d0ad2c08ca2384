import type { DescMessage } from '@bufbuild/protobuf';
import { descriptors, option } from '../../../sdk/codec/descriptors.ts';

export const messageInterface = 'cosmos.base.v1beta1.Msg';
export const keyInterface = 'cosmos.crypto.PubKey';

/** Keys and transaction messages say it by their names and signers, all others by an option. */
export function interfacesOf(type: DescMessage): string[] {
  const names = option(type, 'cosmos_proto.implements_interface');
  const declared = Array.isArray(names) ? names.map(String) : [];
  if (/^cosmos\.crypto\..*\.(LegacyAmino)?PubKey$/.test(type.typeName)) declared.push(keyInterface);
  const signers = option(type, 'cosmos.msg.v1.signer');
  if (Array.isArray(signers) && signers.length > 0 && type.name.startsWith('Msg')) declared.push(messageInterface);
  return declared;
}

/** Type URLs of the messages that stand for each interface in an `Any`. */
export function implementations(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const type of descriptors) {
    if (type.kind !== 'message') continue;
    for (const name of interfacesOf(type)) {
      found.set(name, [...(found.get(name) ?? []), `/${type.typeName}`]);
    }
  }
  return found;
}
