import type { cometParams, consensusTx } from '../../sdk/codec/index.ts';

type ConsensusParams = cometParams.ConsensusParams;

/** CometBFT's `MaxBlockSizeBytes`: 100 MiB. */
const maxBlockBytes = 104_857_600n;

/** The parameters that a message asks for, on top of those in force; undefined if it leaves a part out. */
export function updatedParams(now: ConsensusParams, message: consensusTx.MsgUpdateParams): ConsensusParams | undefined {
  const { block, evidence, validator, abci } = message;
  if (block === undefined || evidence === undefined || validator === undefined) return undefined;
  return { ...now, block, evidence, validator, abci: abci ?? now.abci };
}

/** Why CometBFT would not take the parameters (its `ConsensusParams.ValidateBasic`), or this chain could not; undefined if none. */
export function paramsProblem({ block, evidence, validator, abci }: ConsensusParams): string | undefined {
  const [maxBytes, maxGas] = [block?.maxBytes ?? 0n, block?.maxGas ?? 0n];
  if (maxBytes === 0n) return 'block.MaxBytes cannot be 0';
  if (maxBytes < -1n) return `block.MaxBytes must be -1 or greater than 0. Got ${maxBytes}`;
  if (maxBytes > maxBlockBytes) return `block.MaxBytes is too big. ${maxBytes} > ${maxBlockBytes}`;
  if (maxGas < -1n) return `block.MaxGas must be greater or equal to -1. Got ${maxGas}`;
  const { maxAgeNumBlocks = 0n, maxAgeDuration, maxBytes: evidenceBytes = 0n } = evidence ?? {};
  if (maxAgeNumBlocks <= 0n) return `evidence.MaxAgeNumBlocks must be greater than 0. Got ${maxAgeNumBlocks}`;
  const age = (maxAgeDuration?.seconds ?? 0n) * 1_000_000_000n + BigInt(maxAgeDuration?.nanos ?? 0);
  if (age <= 0n) return `evidence.MaxAgeDuration must be grater than 0 if provided, Got ${age}ns`;
  const bound = maxBytes === -1n ? maxBlockBytes : maxBytes;
  if (evidenceBytes > bound)
    return `evidence.MaxBytesEvidence is greater than upper bound, ${evidenceBytes} > ${bound}`;
  if (evidenceBytes < 0n) return `evidence.MaxBytes must be non negative. Got: ${evidenceBytes}`;
  const height = abci?.voteExtensionsEnableHeight ?? 0n;
  if (height < 0n) return `ABCI.VoteExtensionsEnableHeight cannot be negative. Got: ${height}`;
  const types = validator?.pubKeyTypes ?? [];
  if (types.length === 0) return 'len(Validator.PubKeyTypes) must be greater than 0';
  // Validators of this chain have Ed25519 keys only.
  const unknown = types.findIndex((type) => type !== 'ed25519');
  return unknown < 0
    ? undefined
    : `params.Validator.PubKeyTypes[${unknown}], ${types[unknown]}, is an unknown pubkey type`;
}

/** Why vote extensions may not change in this way at this height (CometBFT's `ValidateUpdate`); undefined if they may. */
export function extensionsProblem(now: bigint, next: bigint | undefined, height: bigint): string | undefined {
  if (next === undefined || next === now) return undefined;
  if (next < 0n) return 'VoteExtensionsEnableHeight must be positive';
  if (now > 0n && next === 0n) {
    return now <= height
      ? `vote extensions cannot be disabled once enabled: old enabled height: ${now}, current height ${height}`
      : undefined;
  }
  if (next <= height) {
    return `vote extensions cannot be updated to a past or current height, new height: ${next}, current height ${height}`;
  }
  if (now > 0n && now <= height) {
    return `vote extensions cannot be modified once enabled: enabled height: ${now}, current height ${height}`;
  }
  return undefined;
}

/** Protobuf's text format on one line, as the SDK's event has it. */
export function paramsText({ block, evidence, validator, abci }: consensusTx.MsgUpdateParams): string {
  const number = (name: string, value: bigint | undefined) => (value ? `${name}:${value} ` : '');
  const age = evidence?.maxAgeDuration;
  const duration = `${number('seconds', age?.seconds)}${number('nanos', BigInt(age?.nanos ?? 0))}`;
  const parts = [
    `block:<${number('max_bytes', block?.maxBytes)}${number('max_gas', block?.maxGas)}> `,
    `evidence:<${number('max_age_num_blocks', evidence?.maxAgeNumBlocks)}max_age_duration:<${duration}> `,
    `${number('max_bytes', evidence?.maxBytes)}> `,
    `validator:<${(validator?.pubKeyTypes ?? []).map((type) => `pub_key_types:"${type}" `).join('')}> version:<> `,
    abci === undefined ? '' : `abci:<${number('vote_extensions_enable_height', abci.voteExtensionsEnableHeight)}> `,
  ];
  return parts.join('');
}
