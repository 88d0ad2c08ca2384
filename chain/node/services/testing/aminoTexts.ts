/** Txs in amino JSON, good and bad, for `simd` and for ours. */
export function aminoTexts(): string[] {
  const a = 'cosmos1x64he5nn7v0jh4f0kcp4mjtlmskpdtpwkz0cr6';
  const v = 'cosmosvaloper1x64he5nn7v0jh4f0kcp4mjtlmskpdtpwd3ey3p';
  const key = { type: 'tendermint/PubKeySecp256k1', value: 'AuwYyCUBxQiBGSUWebU46c+OrlApVsyGLHd4qhSDZeiG' };
  const edKey = { type: 'tendermint/PubKeyEd25519', value: 'LpStPrH0nqiEC+SuD/YeWm2mysObuPsEJPpG2I/8gIU=' };
  const multi = { type: 'tendermint/PubKeyMultisigThreshold', value: { threshold: '2', pubkeys: [key, key] } };
  const coin = { denom: 'stake', amount: '5' };
  const sig = { pub_key: key, signature: 'AQID' };
  const wrap = (value: unknown) => JSON.stringify({ type: 'cosmos-sdk/StdTx', value });
  const fee = { amount: [coin], gas: '200000' };
  const tx = (msg: unknown[], more: object = {}) => wrap({ msg, fee, signatures: [sig], memo: 'm', ...more });
  const msg = (type: string, value: unknown) => ({ type, value });
  const send = msg('cosmos-sdk/MsgSend', { from_address: a, to_address: a, amount: [coin] });
  const basic = msg('cosmos-sdk/BasicAllowance', { spend_limit: [coin], expiration: '2030-01-02T03:04:05.6Z' });
  const periodic = msg('cosmos-sdk/PeriodicAllowance', {
    basic: { spend_limit: [] },
    period: '3600000000000',
    period_spend_limit: [coin],
    period_can_spend: [coin, coin],
    period_reset: '1969-12-31T23:59:59.5Z',
  });
  const allowed = msg('cosmos-sdk/AllowedMsgAllowance', { allowance: basic, allowed_messages: ['/x', '', '/y'] });
  const grant = (allowance: unknown) => msg('cosmos-sdk/MsgGrantAllowance', { granter: a, grantee: a, allowance });
  const create = {
    description: { moniker: 'm', identity: '', website: 'w', security_contact: '', details: 'd' },
    commission: { rate: '0.100000000000000000', max_rate: '1', max_change_rate: '0' },
    min_self_delegation: '1',
    delegator_address: a,
    validator_address: v,
    pubkey: edKey,
    value: coin,
  };
  const good = [
    send,
    msg('cosmos-sdk/MsgSend', {}),
    msg('cosmos-sdk/MsgSend', { amount: [{}, { denom: '', amount: '0' }, { amount: '-7' }] }),
    msg('cosmos-sdk/MsgMultiSend', {
      inputs: [{ address: a, coins: [coin] }],
      outputs: [{ address: a, coins: [] }, {}],
    }),
    msg('cosmos-sdk/MsgMultiSend', {}),
    msg('cosmos-sdk/x/bank/MsgUpdateParams', {
      authority: a,
      params: { send_enabled: [{ denom: 'x', enabled: true }, { denom: 'y' }], default_send_enabled: true },
    }),
    msg('cosmos-sdk/x/bank/MsgUpdateParams', {}),
    msg('cosmos-sdk/MsgSetSendEnabled', { authority: a, send_enabled: [{ denom: 'x' }], use_default_for: ['a', ''] }),
    msg('cosmos-sdk/MsgSetSendEnabled', {}),
    msg('cosmos-sdk/x/auth/MsgUpdateParams', {
      authority: a,
      params: { max_memo_characters: '1', tx_sig_limit: '18446744073709551615', sig_verify_cost_ed25519: '0' },
    }),
    msg('cosmos-sdk/x/consensus/MsgUpdateParams', {
      authority: a,
      block: { max_bytes: '1', max_gas: '-1' },
      evidence: { max_age_num_blocks: '5', max_age_duration: '1000', max_bytes: '0' },
      validator: { pub_key_types: ['ed25519'] },
      abci: { vote_extensions_enable_height: '1' },
    }),
    msg('cosmos-sdk/x/consensus/MsgUpdateParams', { block: {}, evidence: {}, validator: {} }),
    msg('cosmos-sdk/MsgCreateValidator', create),
    msg('cosmos-sdk/MsgCreateValidator', { pubkey: multi }),
    msg('cosmos-sdk/MsgEditValidator', {
      description: {},
      validator_address: v,
      commission_rate: '0.5',
      min_self_delegation: '3',
    }),
    msg('cosmos-sdk/MsgEditValidator', { commission_rate: '-0.000000000000000001', min_self_delegation: '0' }),
    msg('cosmos-sdk/MsgEditValidator', {}),
    msg('cosmos-sdk/MsgDelegate', { delegator_address: a, validator_address: v, amount: coin }),
    msg('cosmos-sdk/MsgDelegate', {}),
    msg('cosmos-sdk/MsgBeginRedelegate', {
      delegator_address: a,
      validator_src_address: v,
      validator_dst_address: v,
      amount: coin,
    }),
    msg('cosmos-sdk/MsgUndelegate', { delegator_address: a, validator_address: v, amount: coin }),
    msg('cosmos-sdk/MsgCancelUnbondingDelegation', { amount: coin, creation_height: '-9' }),
    msg('cosmos-sdk/x/staking/MsgUpdateParams', {
      authority: a,
      params: {
        ...{ unbonding_time: '1814400000000000', max_validators: 7, max_entries: 4294967295, historical_entries: 1 },
        ...{ bond_denom: 'stake', min_commission_rate: '0.05' },
      },
    }),
    msg('cosmos-sdk/x/staking/MsgUpdateParams', {}),
    grant(basic),
    grant(periodic),
    grant(allowed),
    grant(msg('cosmos-sdk/BasicAllowance', {})),
    msg('cosmos-sdk/MsgRevokeAllowance', { granter: a, grantee: a }),
    msg('cosmos-sdk/MsgSoftwareUpgrade', { authority: a, plan: { name: 'n', height: '5', info: '<&>\u2028' } }),
    msg('cosmos-sdk/MsgSoftwareUpgrade', { plan: { time: '1970-01-01T00:00:00Z' } }),
    msg('cosmos-sdk/MsgCancelUpgrade', { authority: a }),
  ];
  const texts = [
    ...good.map((one) => tx([one])),
    tx([send, send]),
    tx([]),
    tx([], { signatures: [] }),
    tx([send], { signatures: [{ pub_key: multi, signature: '' }, { pub_key: null }, { pub_key: edKey }, {}] }),
    tx([send], {
      fee: { amount: [], gas: '0', payer: a, granter: 'g' },
      memo: 'x<>&\u2028\u0001\b"\\é😀',
      timeout_height: '9',
    }),
    wrap({}),
    wrap({ unknown: 1, memo: null, fee: null }),
    tx([null]),
    '',
    'x',
    '{}',
    '[]',
    'null',
    '{"type":"cosmos-sdk/StdTx"}',
    '{"type":"cosmos-sdk/Other","value":{}}',
    tx([msg('cosmos-sdk/MsgNothing', {})]),
    tx([msg('/cosmos.bank.v1beta1.MsgSend', {})]),
    tx([], { timeout_height: 9 }),
    tx([], { timeout_height: '-1' }),
    tx([], { memo: 5 }),
    tx([msg('cosmos-sdk/MsgSend', { amount: [{ denom: 'x', amount: 'abc' }] })]),
    tx([msg('cosmos-sdk/MsgSend', { amount: [{ denom: 'x', amount: '1'.repeat(90) }] })]),
    tx([msg('cosmos-sdk/MsgEditValidator', { commission_rate: '1e5' })]),
    tx([grant(msg('cosmos-sdk/BasicAllowance', { expiration: '2030-01-02T03:04:05+01:00' }))]),
    tx([], { signatures: [{ pub_key: { type: key.type, value: '!!' } }] }),
  ];
  return texts;
}
