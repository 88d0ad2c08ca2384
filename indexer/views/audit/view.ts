import type { ChainEvent } from '../../../chain/events.ts';
import { contributionEvents } from '../../../modules/contribution/events.ts';
import * as rewards from '../../../modules/rewards/events.ts';
import { valuationEvents } from '../../../modules/valuation/events.ts';
import * as verification from '../../../modules/verification/events.ts';
import type { EventHandler, View } from '../view.ts';
import { auditEntries } from './tables.ts';

/** Attributes that name a contribution, whatever the event is about. */
const naming = new Set(['contribution_id', 'contribution', 'data_contribution_id', 'model_contribution_id']);

/** Ids of the contributions that an event names, each once. */
function namedIn({ attributes }: ChainEvent): number[] {
  const ids = attributes.filter(({ key }) => naming.has(key)).map(({ value }) => value);
  const subject = attributes.find(({ key }) => key === 'subject')?.value;
  const subjectId = attributes.find(({ key }) => key === 'subject_id')?.value;
  if (subject === 'contribution' && subjectId !== undefined) ids.push(subjectId);
  return [...new Set(ids.map(Number))].filter((id) => Number.isSafeInteger(id) && id > 0);
}

const everyEvent = [
  ...contributionEvents,
  ...valuationEvents,
  ...Object.values(verification),
  ...Object.values(rewards),
];

/** What happened to each contribution, with its tx: the chronicle of section 3.5 of the white paper. */
export const auditView: View = {
  name: 'audit',
  version: 1,
  tables: [auditEntries],
  events: everyEvent.map(
    ({ type }): EventHandler => ({
      type,
      handle: (event, { height, position, time, txHash }, changes) => {
        for (const contributionId of namedIn(event)) {
          const attributes = event.attributes.map(({ key, value }) => [key, value] as const);
          changes.insert(auditEntries, { contributionId, height, position, time, txHash, type, attributes });
        }
      },
    }),
  ),
};
