import { expect, test } from 'vitest';
import * as contribution from '../../../modules/contribution/events.ts';
import { applyEvents, rowsOf } from '../../testing/views.ts';
import { auditEntries } from '../audit/tables.ts';
import { auditView } from '../audit/view.ts';
import { contributionAppeals, contributionPayments, contributionVersions, objectiveRounds } from './tables.ts';
import { contributionsView } from './view.ts';

const root = new Uint8Array(32).fill(0x11);
const round = (status: string, paid = '0uinf') =>
  contribution.roundChanged.encode({
    objective_id: 3n,
    round: 0n,
    status,
    end_height: 40n,
    contributions: 2n,
    weight: 400_000n,
    budget: '500uinf',
    paid,
  });
const shard = contribution.shardOpened.encode({
  objective_id: 3n,
  round: 0n,
  root,
  size_bytes: 900n,
  uris: '["https://example.org/shard.csv"]',
});
const paid = contribution.contributionPaid.encode({
  objective_id: 3n,
  round: 0n,
  contribution_id: 7n,
  beneficiary: 'bob',
  reason: 'reward',
  amount: '375uinf',
});
const appeal = (result: string) =>
  contribution.contributionAppealed.encode({
    contribution_id: 7n,
    appellant: 'bob',
    deposit: '500uinf',
    task_id: 9n,
    result,
  });
const version = contribution.contributionVersion.encode({
  contribution_id: 8n,
  previous_id: 7n,
  version: 2n,
  stream_id: 7n,
  stream_root: root,
});

test('a round shows its shard once it is opened, and what it paid', () => {
  const changes = applyEvents(
    [contributionsView],
    [round('open'), round('shard'), shard, round('settled', '499uinf'), paid],
  );
  expect(rowsOf(changes, objectiveRounds)).toMatchObject([
    { objectiveId: 3, round: 0, status: 'settled', paid: '499uinf', shardRoot: '11'.repeat(32), endHeight: '40' },
  ]);
  expect(rowsOf(changes, contributionPayments)).toMatchObject([
    { contributionId: 7, beneficiary: 'bob', amount: '375uinf' },
  ]);
});

test('an appeal shows how it ended, a version what it follows', () => {
  const changes = applyEvents([contributionsView], [appeal('open'), version, appeal('overturned')]);
  expect(rowsOf(changes, contributionAppeals)).toMatchObject([{ contributionId: 7, result: 'overturned', taskId: 9 }]);
  expect(rowsOf(changes, contributionVersions)).toMatchObject([
    { contributionId: 8, previousId: 7, version: 2, streamId: 7 },
  ]);
});

test('the audit trail has every event that names a contribution, and no other', () => {
  const changes = applyEvents([auditView], [round('open'), appeal('open'), paid, version]);
  const entries = rowsOf(changes, auditEntries).map(({ contributionId, type }) => [contributionId, type]);
  expect(entries).toEqual([
    [7, 'contribution_appealed'],
    [7, 'contribution_paid'],
    [8, 'contribution_version'],
  ]);
});
