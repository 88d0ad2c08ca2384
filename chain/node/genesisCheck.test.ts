import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openStateMachine } from '../main.ts';
import { buildGenesis, parseGenesis, parseGenesisText } from './genesis.ts';
import { checkGenesis } from './genesisCheck.ts';

const simdText = readFileSync(new URL('testing/simdGenesis.json', import.meta.url), 'utf8');

/** The genesis of simd with one part changed, or gone where `value` is undefined. */
function changed(path: string, value: unknown): unknown {
  const put = (node: unknown, [name = '', ...rest]: readonly string[]): unknown => {
    const inner = (old: unknown) => (rest.length === 0 ? value : put(old, rest));
    if (Array.isArray(node)) return node.map((item: unknown, index) => (String(index) === name ? inner(item) : item));
    const fields = Object.entries(node ?? {}).map(([key, old]) => [key, key === name ? inner(old) : old]);
    return Object.fromEntries(fields);
  };
  return JSON.parse(JSON.stringify(put(JSON.parse(simdText), path.split('.'))));
}

const check = async (value: unknown) => checkGenesis(parseGenesis(value, 'g.json'), openStateMachine, 'g.json');

describe("the genesis of an SDK chain's own software", () => {
  test('holds together: accounts, balances and the signed genesis tx of its validator', async () => {
    const report = await check(JSON.parse(simdText));
    expect(report).toMatchObject({ chainId: 'sdk-1', initialHeight: 1n, accounts: 1, validators: [{ power: '500' }] });
    expect(report.notes[0]).toContain('which hold nothing: 06-solomachine, 07-tendermint, authz, capability');
    expect(report.notes[0]).not.toContain('staking');
    expect(report.notes[1]).toContain('vote_extensions_enable_height is 0');
  });

  test('comes in the form that CometBFT reads', () => {
    const genesis = parseGenesisText(simdText, 'g.json');
    expect(genesis).toMatchObject({ initial_height: '1', app_hash: '' });
    expect(genesis.consensus_params).toMatchObject({ block: { max_gas: '-1' } });
    expect(Object.keys(genesis)).not.toContain('consensus');
    // Read again it stays as it is.
    expect(parseGenesis(JSON.parse(JSON.stringify(genesis)), 'g.json')).toEqual(genesis);
  });

  test.each<[name: string, path: string, value: unknown, complaint: string]>([
    [
      'with proposals, for which there is no module,',
      'app_state.gov.proposals',
      [{}],
      'g.json: app_state: this chain does not have these modules, whose state would be lost: gov.proposals',
    ],
    [
      'with another supply than its balances',
      'app_state.bank.supply.0.amount',
      '1',
      'g.json: app_state.bank.supply: genesis supply is incorrect',
    ],
    [
      'with a genesis tx that was changed after it was signed',
      'app_state.genutil.gen_txs.0.body.messages.0.value.amount',
      '7000000',
      'g.json: app_state.genutil.gen_txs[0]: sdk 4: ',
    ],
    ['with a genesis tx of another chain', 'chain_id', 'sdk-2', 'g.json: app_state.genutil.gen_txs[0]: sdk 4: '],
    ['without validators', 'app_state.genutil.gen_txs', [], 'g.json: there are no validators'],
    ['without a time', 'genesis_time', 'yesterday', 'g.json: genesis_time: '],
    ['without room', 'consensus.params.block.max_bytes', '0', 'g.json: consensus_params.block.max_bytes: must be -1'],
    [
      'with more evidence than a block holds',
      'consensus.params.evidence.max_bytes',
      '99999999',
      'g.json: consensus_params.evidence.max_bytes: must not be above block.max_bytes',
    ],
    [
      'with secp256k1 validators',
      'consensus.params.validator.pub_key_types.0',
      'secp256k1',
      'g.json: consensus_params.validator.pub_key_types.0: only ed25519',
    ],
    [
      'with an account that is none',
      'app_state.auth.accounts',
      [{ '@type': '/cosmos.auth.v1beta1.BaseAccount', address: 'cosmos1x' }],
      'g.json: app_state.auth.accounts[0].address: ',
    ],
    ['without accounts', 'app_state.auth.accounts', [], 'neither app_state.infinet.bech32_prefix nor an account'],
    ['without staking', 'app_state.staking', undefined, 'g.json: app_state.staking: '],
    ['with a negative height', 'initial_height', -1, 'g.json: initial_height: '],
  ])('%s is refused with the path of what is wrong', async (_name, path, value, complaint) => {
    await expect(async () => check(changed(path, value))).rejects.toThrow(complaint);
  });
});

test.each([
  ['nothing', '', 'cannot read the genesis g.json: '],
  ['half a file', '{"app_state": {', 'cannot read the genesis g.json: '],
  ['a list', '[]', 'g.json: not a genesis'],
  ['a text', '"genesis"', 'g.json: not a genesis'],
  ['nothing at all', 'null', 'g.json: not a genesis'],
])('%s is no genesis', (_name, text, complaint) => {
  expect(() => parseGenesisText(text, 'g.json')).toThrow(complaint);
});

test("a genesis of our own without its modules' parts is refused with the first that is missing", async () => {
  const genesis = buildGenesis({ chainId: 'c-1', prefix: 'infinet', denom: 'uinf', time: '2026-01-01T00:00:00Z' });
  await expect(check(genesis)).rejects.toThrow(/^g\.json: app_state\.oracle\.params/);
});
