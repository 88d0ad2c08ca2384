import type { JsonNode } from '../../chain/json/node.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';
import {
  type Artifact,
  type Criterion,
  type Manifest,
  Visibility,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import { enumName, enumValue } from './words.ts';

/** The value of an enum's full name, as protobuf's JSON has it. */
export function enumOf<V extends number>(node: JsonNode, values: Record<string, V>): V {
  const name = node.text();
  return enumValue(values, name) ?? node.fail(`unknown name ${JSON.stringify(name)}`);
}

export function coinOr(node: JsonNode, otherwise: Coin): Coin {
  return node.isAbsent ? otherwise : node.coin();
}

/** Bytes in base64, none if absent. */
export function bytesOr(node: JsonNode): Uint8Array {
  return node.isAbsent ? new Uint8Array() : node.bytes();
}

export function bytesText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

export function readArtifact(node: JsonNode): Artifact {
  return {
    root: node.field('root').bytes(),
    sizeBytes: node.field('size_bytes').u64(),
    uris: texts(node.field('uris')),
  };
}

export function writeArtifact(artifact: Artifact) {
  return { root: bytesText(artifact.root), size_bytes: artifact.sizeBytes.toString(), uris: artifact.uris };
}

export function readCriterion(node: JsonNode): Criterion {
  return { name: node.field('name').text(), weight: Number(node.field('weight').u64()) };
}

export function readManifest(node: JsonNode): Manifest {
  const visibility = node.field('visibility');
  return {
    contentRoot: node.field('content_root').bytes(),
    sizeBytes: node.field('size_bytes').u64(),
    mediaType: node.field('media_type').text(),
    schemaHash: bytesOr(node.field('schema_hash')),
    uris: texts(node.field('uris')),
    visibility: visibility.isAbsent ? Visibility.VISIBILITY_PUBLIC : enumOf(visibility, Visibility),
    encryptionEnvelope: bytesOr(node.field('encryption_envelope')),
    modelSignature: bytesOr(node.field('model_signature')),
    sketch: node
      .field('sketch')
      .list()
      .map((value) => value.u64()),
    title: node.field('title').text(),
  };
}

export function writeManifest(manifest: Manifest | undefined) {
  if (manifest === undefined) throw new Error('a stored contribution lacks its manifest');
  return {
    content_root: bytesText(manifest.contentRoot),
    size_bytes: manifest.sizeBytes.toString(),
    media_type: manifest.mediaType,
    schema_hash: bytesText(manifest.schemaHash),
    uris: manifest.uris,
    visibility: enumName(Visibility, manifest.visibility),
    encryption_envelope: bytesText(manifest.encryptionEnvelope),
    model_signature: bytesText(manifest.modelSignature),
    sketch: manifest.sketch.map(String),
    title: manifest.title,
  };
}

function texts(node: JsonNode): string[] {
  return node.list().map((element) => element.text());
}
