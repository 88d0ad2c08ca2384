import { fromBinary, toJson } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { descriptors } from '../../../sdk/codec/descriptors.ts';
import { baseReflection } from '../../../sdk/codec/index.ts';
import { reflectionMethods } from './reflection.ts';

const methods = reflectionMethods({
  bech32Prefix: 'infi',
  messages: [
    '/cosmos.bank.v1beta1.MsgSend',
    '/cosmos.auth.v1beta1.MsgUpdateParams',
    '/infinet.beacon.v1.MsgRegisterVrfKey',
  ],
  paths: ['/cosmos.bank.v1beta1.Query/Balance', '/cosmos.bank.v1beta1.Query/Params', '/infinet.beacon.v1.Query/Params'],
});

async function ask(path: string, request: Uint8Array = new Uint8Array()): Promise<Uint8Array> {
  const method = methods.find((each) => each.path === path);
  if (method === undefined) throw new Error(`no method ${path}`);
  return method.answer(request);
}

async function json(path: string, type: string): Promise<unknown> {
  const found = descriptors.getMessage(type);
  if (found === undefined) throw new Error(`no type ${type}`);
  return toJson(found, fromBinary(found, await ask(path)));
}

const described = (name: string) =>
  json(
    `/cosmos.base.reflection.v2alpha1.ReflectionService/Get${name}Descriptor`,
    `cosmos.base.reflection.v2alpha1.Get${name}DescriptorResponse`,
  );

test('chain, prefix and sign modes are described as simd describes its own', async () => {
  expect(await described('Chain')).toEqual({ chain: {} });
  expect(await described('Configuration')).toEqual({ config: { bech32AccountAddressPrefix: 'infi' } });
  expect(await described('Authn')).toEqual({
    authn: {
      signModes: [
        { name: 'SIGN_MODE_DIRECT', number: 1 },
        { name: 'SIGN_MODE_TEXTUAL', number: 2 },
        { name: 'SIGN_MODE_DIRECT_AUX', number: 3 },
        { name: 'SIGN_MODE_LEGACY_AMINO_JSON', number: 127 },
      ],
    },
  });
});

test('the messages that txs may carry are those that a module handles, and no others of the descriptors', async () => {
  expect(await described('Tx')).toEqual({
    tx: {
      fullname: 'cosmos.tx.v1beta1.Tx',
      msgs: [
        { msgTypeUrl: '/cosmos.auth.v1beta1.MsgUpdateParams' },
        { msgTypeUrl: '/cosmos.bank.v1beta1.MsgSend' },
        { msgTypeUrl: '/infinet.beacon.v1.MsgRegisterVrfKey' },
      ],
    },
  });
});

test('every method is listed under its service, the reflection services too', async () => {
  const { queries } = Object(await described('QueryServices'));
  const byName = new Map<string, { name: string; fullQueryPath: string }[]>(
    queries.queryServices.map(({ fullname, methods: list }: { fullname: string; methods: [] }) => [fullname, list]),
  );
  expect(byName.get('cosmos.bank.v1beta1.Query')).toEqual([
    { name: 'Balance', fullQueryPath: '/cosmos.bank.v1beta1.Query/Balance' },
    { name: 'Params', fullQueryPath: '/cosmos.bank.v1beta1.Query/Params' },
  ]);
  expect([...byName.keys()]).toContain('cosmos.reflection.v1.ReflectionService');
});

test('both reflection services name the same implementations of an interface', async () => {
  const { codec } = Object(await described('Codec'));
  const accounts = ['/cosmos.auth.v1beta1.BaseAccount', '/cosmos.auth.v1beta1.ModuleAccount'];
  const name = 'cosmos.auth.v1beta1.AccountI';
  expect(codec.interfaces).toContainEqual({
    fullname: name,
    interfaceImplementers: accounts.map((typeUrl) => ({ fullname: typeUrl.slice(1), typeUrl })),
  });
  const request = baseReflection.ListImplementationsRequest.encode({ interfaceName: name }).finish();
  const answer = await ask('/cosmos.base.reflection.v1beta1.ReflectionService/ListImplementations', request);
  expect(baseReflection.ListImplementationsResponse.decode(answer).implementationMessageNames).toEqual(accounts);
});

test('a client learns the commands of the SDK`s modules as from simd, and the services of ours', async () => {
  const { moduleOptions } = Object(
    await json('/cosmos.autocli.v1.Query/AppOptions', 'cosmos.autocli.v1.AppOptionsResponse'),
  );
  expect(moduleOptions.bank.query.rpcCommandOptions).toContainEqual({
    rpcMethod: 'Balance',
    use: 'balance [address] [denom]',
    positionalArgs: [{ protoField: 'address' }, { protoField: 'denom' }],
  });
  expect(moduleOptions.beacon).toEqual({
    tx: { service: 'infinet.beacon.v1.Msg' },
    query: { service: 'infinet.beacon.v1.Query' },
  });
  expect(Object.keys(moduleOptions).sort()).toEqual(['auth', 'bank', 'beacon']);
});

test('a request that does not decode is refused', async () => {
  const path = '/cosmos.base.reflection.v2alpha1.ReflectionService/GetChainDescriptor';
  await expect(ask(path, Uint8Array.of(10, 200))).rejects.toThrow();
});
