import { writeFileSync } from 'node:fs';
import { fromBinary, type JsonValue, toJson } from '@bufbuild/protobuf';
import { Client, credentials } from '@grpc/grpc-js';
import { descriptors } from '../../../../sdk/codec/descriptors.ts';

/**
 * Asks a running `simd` v0.50.9 which commands its client makes of the modules that this chain has too, and keeps all but
 * the help texts: `node chain/node/services/testing/recordAutocli.ts GRPC_PORT`.
 */
const packages: Readonly<Record<string, string>> = {
  auth: 'cosmos.auth.v1beta1',
  bank: 'cosmos.bank.v1beta1',
  consensus: 'cosmos.consensus.v1',
  feegrant: 'cosmos.feegrant.v1beta1',
  slashing: 'cosmos.slashing.v1beta1',
  staking: 'cosmos.staking.v1beta1',
  upgrade: 'cosmos.upgrade.v1beta1',
};

const client = new Client(`127.0.0.1:${process.argv[2]}`, credentials.createInsecure());
const same = (bytes: Buffer) => bytes;
const answer = await new Promise<Buffer>((resolve, reject) => {
  client.makeUnaryRequest('/cosmos.autocli.v1.Query/AppOptions', same, same, Buffer.alloc(0), (error, value) =>
    value === undefined ? reject(error ?? new Error('no answer')) : resolve(value),
  );
});
client.close();
const type = descriptors.getMessage('cosmos.autocli.v1.AppOptionsResponse');
if (type === undefined) throw new Error('the descriptors have no cosmos.autocli.v1.AppOptionsResponse');
const { moduleOptions = {} } = Object(toJson(type, fromBinary(type, answer)));
const found = Object.entries(packages).map(([module, name]) => [name, withoutTexts(moduleOptions[module])]);
writeFileSync(new URL('../autocli.json', import.meta.url), `${JSON.stringify(Object.fromEntries(found), null, 2)}\n`);

function withoutTexts(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutTexts);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !['long', 'short', 'example'].includes(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutTexts(inner)]));
}
