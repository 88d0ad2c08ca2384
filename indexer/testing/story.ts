import * as bank from '../../modules/bank/events.ts';
import * as beacon from '../../modules/beacon/events.ts';
import * as contribution from '../../modules/contribution/events.ts';
import * as oracle from '../../modules/oracle/events.ts';
import * as rewards from '../../modules/rewards/events.ts';
import * as staking from '../../modules/staking/events.ts';
import * as valuation from '../../modules/valuation/events.ts';
import * as verification from '../../modules/verification/events.ts';
import type { SourceBlock } from '../source/block.ts';
import { alice, type BlockContent, bob, makeChain, makeTx, operator, validator, wrapTx } from './chain.ts';

const root = new Uint8Array(32).fill(0xab);

function send(amount: string) {
  return [
    bank.coinSpent.encode({ spender: alice, amount }),
    bank.coinReceived.encode({ receiver: bob, amount }),
    bank.transfer.encode({ recipient: bob, sender: alice, amount }),
  ];
}

const submitted = contribution.contributionSubmitted.encode({
  contribution_id: 1n,
  contributor: alice,
  objective_id: 1n,
  kind: 'data',
  root,
  size_bytes: 2n ** 64n - 1n,
  media_type: 'text/csv',
  title: 'Palmer penguins',
  license: 'CC0-1.0',
  visibility: 'public',
  uris: '["http://127.0.0.1/penguins.csv"]',
  parents: '',
  deposit: '1000000uinf',
  committed_height: 1n,
  run_id: 0n,
});

function status(previous: string, next: string, accepted: boolean) {
  const subject = { contribution_id: 1n, contributor: alice, objective_id: 1n, kind: 'data', root };
  return contribution.contributionStatusChanged.encode({
    ...subject,
    previous,
    status: next,
    accepted,
    reason: '',
    task_id: 1n,
  });
}

const subject = { task_id: 1n, subject: 'contribution', subject_id: 1n };

const contents: readonly BlockContent[] = [
  {},
  {
    txs: [
      makeTx(send('10uinf'), { memo: 'a zero \0 and half a pair \ud800' }),
      makeTx(send('1uinf,2uatom').slice(0, 1), { code: 5 }),
    ],
  },
  {
    txs: [
      makeTx([submitted, status('unspecified', 'assessing', false)]),
      wrapTx([{ typeUrl: '/unknown.Msg', value: root }], {}),
    ],
  },
  {
    begin: [
      bank.coinbase.encode({ minter: validator, amount: '7uinf' }),
      bank.coinReceived.encode({ receiver: validator, amount: '7uinf' }),
    ],
    end: [
      verification.taskCreated.encode({ ...subject, objective_id: 1n, owner: alice, beacon_round: 4n }),
      verification.taskAssigned.encode({
        ...subject,
        seat: 0n,
        operator: validator,
        worker: bob,
        backend: 'cpu',
        replaces: '',
        beacon_round: 4n,
        deadline: 9n,
      }),
    ],
  },
  {
    txs: [
      makeTx([
        verification.attestationRevealed.encode({
          ...subject,
          operator: validator,
          verdict: 'valid',
          metrics: 'accuracy=990000,impact_micro=-5',
          trace_root: new Uint8Array(),
          bad_unit: 0n,
          units: '',
        }),
      ]),
    ],
    end: [
      contribution.contributionMetric.encode({ contribution_id: 1n, name: 'accuracy', value: 990_000n }),
      contribution.contributionMetric.encode({ contribution_id: 1n, name: 'impact_micro', value: -5n }),
      status('assessing', 'accepted', true),
      valuation.valuationComputed.encode({
        contribution_id: 1n,
        kind: 'data',
        objective_id: 1n,
        beneficiary: alice,
        quality_gate_ppm: 0n,
        baseline_ppm: 0n,
        quality_ppm: 990_000n,
        impact_micro: 700n,
        weight: 693n,
        passed: true,
        reason: '',
        emission: true,
      }),
      beacon.roundClosed.encode({ round: 4n, value: root, outputs: 1n, power: 5n, total_power: 5n }),
      oracle.priceUpdated.encode({
        symbol: 'BTC',
        median_micro: 98_000_000_000n,
        slow_micro: 97_000_000_000n,
        spread_ppm: 0n,
        lag_ppm: 1n,
        stale: false,
      }),
    ],
  },
  {
    txs: [
      makeTx([
        staking.delegate.encode({ validator: operator, delegator: alice, amount: '100uinf', new_shares: '100.0' }),
      ]),
    ],
    end: [
      rewards.rewardPaid.encode({
        epoch: 1n,
        stream: 'data',
        contribution: 1n,
        beneficiary: alice,
        weight: 693n,
        amount: 40n,
      }),
      rewards.rewardPaid.encode({
        epoch: 1n,
        stream: 'verifiers',
        contribution: 0n,
        beneficiary: validator,
        weight: 1n,
        amount: 9n,
      }),
    ],
  },
  { txs: [makeTx([rewards.rewardsClaimed.encode({ claimant: alice, amount: 15n, denom: 'uinf' })])] },
  { txs: [makeTx(send('5uinf'))], end: [status('accepted', 'final', true)] },
];

/** A short history that touches every view but disputes and runs, then blocks in which nothing happens. */
export function story(height = 30): SourceBlock[] {
  return makeChain([...contents, ...Array.from({ length: height - contents.length }, () => ({}))]);
}
