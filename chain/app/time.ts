/** Seconds and nanoseconds of a `google.protobuf.Timestamp` as nanoseconds since the Unix epoch. */
export function toNanoseconds(time: { readonly seconds: bigint; readonly nanos: number }): bigint {
  return time.seconds * 1_000_000_000n + BigInt(time.nanos);
}
