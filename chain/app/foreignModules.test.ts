import { expect, test } from 'vitest';
import { foreignModules } from './foreignModules.ts';

test('modules that a chain does not have are told apart by whether they hold anything', () => {
  const appState = {
    bank: { balances: [1] },
    mint: { minter: { inflation: '0.13' }, params: { denoms: ['stake'] } },
    params: null,
    gov: { starting_proposal_id: '2', proposals: [{ id: '1' }], deposit_params: null },
    ibc: { client_genesis: { params: { allowed_clients: ['*'] }, clients: [] }, channel_genesis: { channels: [{}] } },
    odd: [],
    list: [1],
  };
  expect(foreignModules(appState, new Set(['bank']))).toEqual({
    empty: ['mint', 'params', 'odd'],
    lost: ['gov.proposals', 'ibc.channel_genesis.channels', 'list'],
  });
});
