import { ensure } from '../../chain/errors.ts';
import type { MessageType } from '../../chain/message.ts';
import * as tx from '../../proto/generated/infinet/verification/v1/tx.ts';
import type { TrainingData } from '../../proto/generated/infinet/verification/v1/types.ts';
import { Attestation, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { verificationErrors as errors } from './errors.ts';
import { type CommitmentParts, commitmentOf } from './formulas.ts';

/** Limits that hold before any state is read. */
export const limits = {
  specBytes: 8192,
  uris: 8,
  uriBytes: 512,
  backendBytes: 32,
  metrics: 40,
  metricNameBytes: 64,
  /** What one verdict may take on chain. */
  attestationBytes: 2_048,
  /** The largest artifact of records that a run may be trained on: 1 TiB. */
  dataBytes: 1n << 40n,
} as const;

const package_ = '/infinet.verification.v1.';

export const msgRegisterVerifier: MessageType<tx.MsgRegisterVerifier, tx.MsgRegisterVerifierResponse> = {
  typeUrl: `${package_}MsgRegisterVerifier`,
  request: tx.MsgRegisterVerifier,
  response: tx.MsgRegisterVerifierResponse,
  validate: requireKeys,
};

export const msgUpdateVerifier: MessageType<tx.MsgUpdateVerifier, tx.MsgUpdateVerifierResponse> = {
  typeUrl: `${package_}MsgUpdateVerifier`,
  request: tx.MsgUpdateVerifier,
  response: tx.MsgUpdateVerifierResponse,
  validate: requireKeys,
};

export const msgAckData: MessageType<tx.MsgAckData, tx.MsgAckDataResponse> = {
  typeUrl: `${package_}MsgAckData`,
  request: tx.MsgAckData,
  response: tx.MsgAckDataResponse,
};

export const msgCommitAttestation: MessageType<tx.MsgCommitAttestation, tx.MsgCommitAttestationResponse> = {
  typeUrl: `${package_}MsgCommitAttestation`,
  request: tx.MsgCommitAttestation,
  response: tx.MsgCommitAttestationResponse,
  validate: (message) => requireLength(message.commitment, 32, 'commitment'),
};

export const msgRevealAttestation: MessageType<tx.MsgRevealAttestation, tx.MsgRevealAttestationResponse> = {
  typeUrl: `${package_}MsgRevealAttestation`,
  request: tx.MsgRevealAttestation,
  response: tx.MsgRevealAttestationResponse,
  validate: (message) => {
    requireLength(message.salt, 32, 'salt');
    requireAttestation(message.attestation);
  },
};

export const msgRegisterRun: MessageType<tx.MsgRegisterRun, tx.MsgRegisterRunResponse> = {
  typeUrl: `${package_}MsgRegisterRun`,
  request: tx.MsgRegisterRun,
  response: tx.MsgRegisterRunResponse,
  validate: (message) => {
    ensure(message.spec.length > 0, errors.invalidSpec, 'spec is empty');
    ensure(
      message.spec.length <= limits.specBytes,
      errors.invalidSpec,
      `spec of ${message.spec.length} bytes is over ${limits.specBytes}`,
    );
    ensure(message.data !== undefined, errors.invalidData, 'neither data_contribution_id nor own_data is given');
    if (message.data.$case === 'ownData') requireOwnData(message.data.value);
    ensure(message.stake !== undefined, errors.invalidField, 'stake is missing');
    ensure(message.fee !== undefined, errors.invalidField, 'fee is missing');
  },
};

export const msgCommitRun: MessageType<tx.MsgCommitRun, tx.MsgCommitRunResponse> = {
  typeUrl: `${package_}MsgCommitRun`,
  request: tx.MsgCommitRun,
  response: tx.MsgCommitRunResponse,
  validate: (message) => {
    requireLength(message.stepRoot, 32, 'step_root');
    requireLength(message.finalRoot, 32, 'final_root');
    ensure(message.lastLeaf !== undefined, errors.leafMismatch, 'last_leaf is missing');
    requireUris(message.uris);
  },
};

export const msgOpenDispute: MessageType<tx.MsgOpenDispute, tx.MsgOpenDisputeResponse> = {
  typeUrl: `${package_}MsgOpenDispute`,
  request: tx.MsgOpenDispute,
  response: tx.MsgOpenDisputeResponse,
  validate: (message) => ensure(message.bond !== undefined, errors.invalidField, 'bond is missing'),
};

export const msgRevealNodes: MessageType<tx.MsgRevealNodes, tx.MsgRevealNodesResponse> = {
  typeUrl: `${package_}MsgRevealNodes`,
  request: tx.MsgRevealNodes,
  response: tx.MsgRevealNodesResponse,
  validate: (message) => ensure(message.opening?.move !== undefined, errors.invalidMove, 'opening is missing'),
};

export const msgSelectNode: MessageType<tx.MsgSelectNode, tx.MsgSelectNodeResponse> = {
  typeUrl: `${package_}MsgSelectNode`,
  request: tx.MsgSelectNode,
  response: tx.MsgSelectNodeResponse,
};

export const msgProveLeaf: MessageType<tx.MsgProveLeaf, tx.MsgProveLeafResponse> = {
  typeUrl: `${package_}MsgProveLeaf`,
  request: tx.MsgProveLeaf,
  response: tx.MsgProveLeafResponse,
  validate: (message) => ensure(message.leaf !== undefined, errors.invalidMove, 'leaf is missing'),
};

/** The bytes that a commitment binds: protobuf as this package writes it. */
export function attestationBytes(attestation: Attestation): Uint8Array {
  return Attestation.encode(attestation).finish();
}

/** What goes into MsgCommitAttestation for an attestation that is revealed with `salt` (32 bytes) later. */
export function attestationCommitment(
  parts: Omit<CommitmentParts, 'attestation'>,
  attestation: Attestation,
): Uint8Array {
  return commitmentOf({ ...parts, attestation: attestationBytes(attestation) });
}

function requireKeys(message: { worker: string; vrfPublicKey: Uint8Array; backend: string }): void {
  requireLength(message.vrfPublicKey, 32, 'vrf_public_key');
  ensure(
    /^[a-z0-9][a-z0-9_-]*$/.test(message.backend) && message.backend.length <= limits.backendBytes,
    errors.invalidField,
    `backend ${JSON.stringify(message.backend)} is not 1 to ${limits.backendBytes} of a-z, 0-9, _ and -`,
  );
}

function requireAttestation(attestation: Attestation | undefined): asserts attestation is Attestation {
  ensure(attestation !== undefined, errors.invalidAttestation, 'attestation is missing');
  const { verdict, metrics, traceRoot, vrfProof, badUnit } = attestation;
  ensure(
    verdict === Verdict.VERDICT_VALID ||
      verdict === Verdict.VERDICT_INVALID ||
      verdict === Verdict.VERDICT_FRAUD ||
      verdict === Verdict.VERDICT_UNAVAILABLE,
    errors.invalidAttestation,
    `unknown verdict ${verdict}`,
  );
  const size = attestationBytes(attestation).length;
  ensure(
    size <= limits.attestationBytes,
    errors.invalidAttestation,
    `${size} bytes are more than ${limits.attestationBytes}`,
  );
  ensure(metrics.length <= limits.metrics, errors.invalidAttestation, `more than ${limits.metrics} metrics`);
  let previous = '';
  for (const { name } of metrics) {
    ensure(
      /^[a-z][a-z0-9_]*$/.test(name) && name.length <= limits.metricNameBytes,
      errors.invalidAttestation,
      `metric name ${JSON.stringify(name)}`,
    );
    ensure(previous < name, errors.invalidAttestation, `metric ${name} is not sorted or stands twice`);
    previous = name;
  }
  ensure(
    verdict === Verdict.VERDICT_VALID || metrics.length === 0,
    errors.invalidAttestation,
    'only VALID carries metrics',
  );
  const names = verdict === Verdict.VERDICT_FRAUD || verdict === Verdict.VERDICT_UNAVAILABLE;
  ensure(names || badUnit === 0n, errors.invalidAttestation, 'only FRAUD and UNAVAILABLE name what is bad');
  ensure(
    traceRoot.length === 0 || traceRoot.length === 32,
    errors.invalidAttestation,
    `trace_root has ${traceRoot.length} bytes`,
  );
  ensure(
    vrfProof.length === 0 || vrfProof.length === 80,
    errors.invalidAttestation,
    `vrf_proof has ${vrfProof.length} bytes`,
  );
}

function requireOwnData(data: TrainingData): void {
  requireLength(data.root, 32, 'own_data.root', errors.invalidData);
  ensure(data.records > 0n && data.recordBytes > 0, errors.invalidData, 'own_data has no records');
  ensure(
    data.records * BigInt(data.recordBytes) <= limits.dataBytes,
    errors.invalidData,
    `own_data has more than ${limits.dataBytes} bytes`,
  );
  requireUris(data.uris);
}

function requireUris(uris: readonly string[]): void {
  ensure(
    uris.length > 0 && uris.length <= limits.uris,
    errors.invalidField,
    `${uris.length} uris, must be 1 to ${limits.uris}`,
  );
  for (const uri of uris) {
    ensure(
      /^[a-z][a-z0-9+.-]*:\S+$/.test(uri) && Buffer.byteLength(uri, 'utf8') <= limits.uriBytes,
      errors.invalidField,
      `uri ${JSON.stringify(uri.slice(0, 80))}`,
    );
  }
}

function requireLength(bytes: Uint8Array, length: number, field: string, kind = errors.invalidField): void {
  ensure(bytes.length === length, kind, `${field} has ${bytes.length} bytes, must be ${length}`);
}
