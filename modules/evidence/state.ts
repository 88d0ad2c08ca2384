import { createHash } from 'node:crypto';
import { Table } from '../../chain/collections/collections.ts';
import { bytesKey } from '../../chain/collections/keys.ts';
import { protoValue } from '../../chain/collections/values.ts';
import { evidence, protoAny } from '../../sdk/codec/index.ts';

export const evidenceStore = 'evidence';

export type Equivocation = evidence.Equivocation;

export const equivocationType = '/cosmos.evidence.v1beta1.Equivocation';

/** `00` hash (32 bytes): the evidence as `google.protobuf.Any`, byte for byte as x/evidence of cosmos-sdk v0.50 keeps it. */
export const evidences = new Table(evidenceStore, '\x00', bytesKey, protoValue<protoAny.Any>(protoAny.Any));

export function packed(equivocation: Equivocation): protoAny.Any {
  return { typeUrl: equivocationType, value: evidence.Equivocation.encode(equivocation).finish() };
}

/** What a piece of evidence is known by: SHA-256 of its protobuf form. */
export function hashOf({ value }: protoAny.Any): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(value).digest());
}
