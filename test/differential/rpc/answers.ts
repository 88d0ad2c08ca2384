import { fromBinary, toJson } from '@bufbuild/protobuf';
import { z } from 'zod';
import { descriptors } from '../../../sdk/codec/descriptors.ts';
import { bankQuery, txService } from '../../../sdk/codec/index.ts';
import { denom } from '../keys.ts';
import { grpc, type Node, rpc, user } from './nodes.ts';
import { askRefused } from './refused.ts';
import { askRest } from './rest.ts';
import { type Answers, sendAll, to } from './txs.ts';

/** Sends and asks everything, in the same order on every chain. */
export async function answersOf(node: Node): Promise<Answers> {
  const answers: Answers = new Map();
  const hash = await sendAll(node, answers);
  await askComet(node, answers);
  await askGrpc(node, answers);
  await askRefused(node, answers);
  await askRest(node, hash, answers);
  return answers;
}

const countShape = z.looseObject({ total_count: z.string() });
const queryShape = z.object({
  response: z.looseObject({
    code: z.number(),
    log: z.string(),
    value: z.string().nullish(),
    codespace: z.string(),
    proofOps: z.object({ ops: z.array(z.looseObject({ type: z.string() })) }).nullish(),
  }),
});

async function askComet(node: Node, answers: Answers): Promise<void> {
  for (const query of [`message.sender='${user.text}'`, `transfer.recipient='${to.text}'`, "message.action='x'"]) {
    const { total_count: count } = countShape.parse(await rpc(node, 'tx_search', { query: `"${query}"` }));
    answers.set(`tx_search ${query}`, count);
  }
  const balance = Buffer.from(bankQuery.QueryBalanceRequest.encode({ address: to.text, denom }).finish());
  const key = Buffer.concat([Buffer.of(2, 20), to.address, Buffer.from(denom)]);
  const asked: Readonly<Record<string, Record<string, string>>> = {
    'a balance': { path: '/cosmos.bank.v1beta1.Query/Balance', data: `0x${balance.toString('hex')}` },
    'a balance before anything was sent': {
      ...{ path: '/cosmos.bank.v1beta1.Query/Balance', data: `0x${balance.toString('hex')}`, height: '1' },
    },
    'nothing of a balance': { path: '/cosmos.bank.v1beta1.Query/Balance' },
    'a path that is none': { path: '/cosmos.bank.v1beta1.Query/Nothing' },
    'a key with its proof': { path: '/store/bank/key', data: `0x${key.toString('hex')}`, prove: 'true' },
    'a key that is not there with its proof': { path: '/store/bank/key', data: '0x02ff', prove: 'true' },
    'a store that is none': { path: '/store/none/key', data: '0x02' },
  };
  for (const [name, params] of Object.entries(asked)) {
    const text = { ...params, path: `"${params.path}"` };
    const { response } = queryShape.parse(await rpc(node, 'abci_query', text));
    const { code, codespace, log, value, proofOps } = response;
    const proof = proofOps?.ops.map(({ type }) => type);
    answers.set(`abci_query of ${name}`, { code, codespace, log, value: value ?? null, proof: proof ?? null });
  }
}

async function askGrpc(node: Node, answers: Answers): Promise<void> {
  const path = '/cosmos.bank.v1beta1.Query/Balance';
  const request = bankQuery.QueryBalanceRequest.encode({ address: to.text, denom }).finish();
  answers.set('a balance over gRPC', (await grpc(node, path, request)).toString('hex'));
  const none = new Uint8Array();
  for (const bad of [path, '/cosmos.auth.v1beta1.Query/Account', '/cosmos.tx.v1beta1.Service/GetTx', '/x.Y/Z']) {
    // The texts differ where Go's gRPC server refuses; the status is what clients act upon.
    const status = await grpc(node, bad, none).then(String, (error: unknown) => /\d+/.exec(String(error))?.[0]);
    answers.set(`nothing asked of ${bad}`, status);
  }
  const events = txService.GetTxsEventRequest.fromPartial({ query: `message.sender='${user.text}'`, limit: 2n });
  const found = txService.GetTxsEventResponse.decode(
    await grpc(node, '/cosmos.tx.v1beta1.Service/GetTxsEvent', txService.GetTxsEventRequest.encode(events).finish()),
  );
  const codes = found.txResponses.map(({ code, codespace, rawLog }) => [code, codespace, rawLog]);
  answers.set('txs by event over gRPC', { total: found.total.toString(), codes });
  for (const name of ['Authn', 'Chain', 'Configuration']) {
    const type = descriptors.getMessage(`cosmos.base.reflection.v2alpha1.Get${name}DescriptorResponse`);
    if (type === undefined) throw new Error(`the descriptors have no ${name}`);
    const bytes = await grpc(node, `/cosmos.base.reflection.v2alpha1.ReflectionService/Get${name}Descriptor`, none);
    answers.set(`reflection v2alpha1: ${name}`, sorted(toJson(type, fromBinary(type, bytes))));
  }
}

/** Lists in a fixed order: simd answers in that of Go's maps. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, sorted(inner)]));
}
