import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { descriptors, flagOption, option, textOption } from '../../../sdk/codec/descriptors.ts';

/** How one field stands in amino JSON, worked out once from its options. */
export interface FieldPlan {
  readonly field: DescField;
  readonly name: string;
  readonly omitEmpty: boolean;
  /** `legacy_coins`, `inline_json`, `cosmos.Int` or `cosmos.Dec`; undefined for fields that need nothing special. */
  readonly encoding: string | undefined;
  /** For a field of a oneof: the name of the oneof in JSON and of this alternative. */
  readonly oneof: { readonly name: string; readonly type: string } | undefined;
}

export interface MessagePlan {
  /** The registered amino name, else the type URL. */
  readonly name: string;
  /** `key_field`, `module_account` or `threshold_string`; undefined for messages that are plain objects. */
  readonly encoding: string | undefined;
  /** Sorted by their names in JSON. */
  readonly fields: readonly FieldPlan[];
}

const fieldEncodings: ReadonlySet<string> = new Set(['legacy_coins', 'inline_json', 'cosmos.Int', 'cosmos.Dec']);
const messageEncodings: ReadonlySet<string> = new Set(['key_field', 'module_account', 'threshold_string']);

/** Plans of all messages that the descriptors know, by full name. */
export const plans: ReadonlyMap<string, MessagePlan> = new Map(
  [...descriptors].flatMap((type) => (type.kind === 'message' ? [[type.typeName, planOf(type)] as const] : [])),
);

function planOf(message: DescMessage): MessagePlan {
  const encoding = textOption(message, 'amino.message_encoding');
  const fields = message.fields.map(fieldPlan).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return {
    name: textOption(message, 'amino.name') ?? `/${message.typeName}`,
    encoding: encoding !== undefined && messageEncodings.has(encoding) ? encoding : undefined,
    fields,
  };
}

function fieldPlan(field: DescField): FieldPlan {
  const marks = [textOption(field, 'amino.encoding'), textOption(field, 'cosmos_proto.scalar')];
  return {
    field,
    name: textOption(field, 'amino.field_name') ?? field.name,
    omitEmpty: !flagOption(field, 'amino.dont_omitempty'),
    encoding: marks.find((mark) => mark !== undefined && fieldEncodings.has(mark)),
    oneof: oneofNames(field),
  };
}

/** The SDK refuses oneofs without names for their alternatives; ours go by the names of their fields. */
function oneofNames(field: DescField): FieldPlan['oneof'] {
  if (field.oneof === undefined) return undefined;
  const camel = field.oneof.name.replace(/(^|_)([a-z0-9])/g, (_, _start, letter: string) => letter.toUpperCase());
  const type = option(field, 'amino.oneof_name');
  return { name: camel, type: typeof type === 'string' && type !== '' ? type : field.name };
}
