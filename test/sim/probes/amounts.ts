import { type DescField, type DescMessage, fromBinary, ScalarType, toBinary } from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { messageOf, textOption } from '../../../sdk/codec/descriptors.ts';
import type { protoAny } from '../../../sdk/codec/index.ts';

/** Numbers that no message may ever succeed with: nobody has them, or they are none. */
const impossible = ['-1', ((1n << 256n) - 1n).toString(), (1n << 256n).toString(), 'NaN', '--5'] as const;
/** Numbers that some fields take. */
const odd = ['0', '', '1e9'] as const;

export interface Poisoned {
  /** `cosmos.bank.v1beta1.MsgSend.amount.amount` */
  readonly field: string;
  readonly value: string;
  readonly mustFail: boolean;
  readonly message: protoAny.Any;
}

/** Every field of the message that is an amount, by descriptor, with each bad value in turn. */
export function* poison(message: protoAny.Any): Iterable<Poisoned> {
  const desc = messageOf(message.typeUrl);
  if (desc === undefined) throw new Error(`no descriptor of ${message.typeUrl}`);
  const count = amountsOf(reflected(desc, message.value), '').length;
  for (let at = 0; at < count; at++) {
    const values = [...impossible, ...odd, undefined];
    for (const value of values) {
      const copy = reflected(desc, message.value);
      const slot = amountsOf(copy, desc.typeName)[at];
      if (slot === undefined) continue;
      if (value === undefined) slot.holder.clear(slot.field);
      else slot.holder.set(slot.field, value);
      const mustFail = impossible.some((bad) => bad === value);
      const bytes = toBinary(desc, copy.message);
      yield { field: slot.path, value: value ?? 'absent', mustFail, message: { ...message, value: bytes } };
    }
  }
}

/** Amount fields that a message of this type can have, repeated ones once. */
export function amountFields(typeUrl: string): string[] {
  const desc = messageOf(typeUrl);
  return desc === undefined ? [] : pathsOf(desc, desc.typeName, 0);
}

interface Slot {
  readonly path: string;
  readonly holder: ReflectMessage;
  readonly field: DescField;
}

function reflected(desc: DescMessage, bytes: Uint8Array): ReflectMessage {
  return reflect(desc, fromBinary(desc, bytes));
}

function amountsOf(holder: ReflectMessage, path: string): Slot[] {
  return holder.desc.fields.flatMap((field) => {
    const here = `${path}.${field.name}`;
    if (isAmount(field)) return [{ path: here, holder, field }];
    if (field.fieldKind === 'message' && holder.isSet(field)) return amountsOf(holder.get(field), here);
    if (field.fieldKind !== 'list' || field.listKind !== 'message') return [];
    // The first of a list stands for all.
    const [first] = holder.get(field);
    return isReflected(first) ? amountsOf(first, here) : [];
  });
}

function isReflected(value: unknown): value is ReflectMessage {
  return typeof value === 'object' && value !== null && 'desc' in value && 'message' in value;
}

function pathsOf(desc: DescMessage, path: string, depth: number): string[] {
  if (depth > 6) return [];
  return desc.fields.flatMap((field) => {
    const here = `${path}.${field.name}`;
    if (isAmount(field)) return [here];
    return field.message === undefined ? [] : pathsOf(field.message, here, depth + 1);
  });
}

function isAmount(field: DescField): boolean {
  if (field.fieldKind !== 'scalar' || field.scalar !== ScalarType.STRING) return false;
  const scalar = textOption(field, 'cosmos_proto.scalar');
  return scalar === 'cosmos.Int' || scalar === 'cosmos.Dec' || field.parent.typeName === 'cosmos.base.v1beta1.Coin';
}
