import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tx } from '../../sdk/codec/index.ts';
import { JsonNode } from '../json/node.ts';
import { encodeTxJson, writeTxJson } from './genesisTx.ts';

/** `gen_txs[0]` of a genesis that simd made. */
function simdGentx(): Record<string, unknown> {
  const url = new URL('../node/testing/simdGenesis.json', import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')).app_state.genutil.gen_txs[0];
}

const encode = (value: unknown) => encodeTxJson(new JsonNode(value, 'gen_txs[0]'));

describe("a tx in the SDK's JSON", () => {
  test('of simd comes out as simd writes it', () => {
    const bytes = encode(simdGentx());
    expect(JSON.parse(writeTxJson(bytes))).toEqual(simdGentx());
    expect(tx.TxBody.decode(tx.TxRaw.decode(bytes).bodyBytes).memo).toMatch(/^[0-9a-f]{40}@/);
  });

  test.each<[string, (gentx: Record<string, unknown>) => unknown, string]>([
    ['without a body', ({ body: _, ...rest }) => rest, 'gen_txs[0].body: is missing'],
    ['with a field that no tx has', (gentx) => ({ ...gentx, fee: 1 }), 'gen_txs[0].fee: a tx has body, auth_info'],
    ['with a signature that is not base64', (gentx) => ({ ...gentx, signatures: ['?'] }), 'signatures[0]: not base64'],
    ['with a list for a body', (gentx) => ({ ...gentx, body: [] }), 'gen_txs[0].body: must be an object'],
    [
      'with a message that nobody knows',
      (gentx) => ({ ...gentx, body: { messages: [{ '@type': '/a.B' }] } }),
      'gen_txs[0].body: messages: unable to resolve type URL /a.B',
    ],
    ['that is a number', () => 7, 'gen_txs[0]: not an object'],
  ])('%s is refused with its path', (_name, change, complaint) => {
    expect(() => encode(change(simdGentx()))).toThrow(complaint);
  });
});
