/** What the operator's seat is asked to judge. */
export type Subject = 'run' | 'fraud' | 'table';

/** A step after which a worker is killed, and what makes it come by there. */
export interface Step {
  readonly name: string;
  readonly subjects: readonly Subject[];
}

const any: readonly Subject[] = ['run', 'fraud', 'table'];
const messages = [
  ['ack', any],
  ['commit', any],
  ['reveal', any],
  ['dispute', ['fraud']],
  ['select', ['fraud']],
] as const;

/** In the order in which a worker comes by them; `anytime` is a random moment. */
export const steps: readonly Step[] = [
  ...['found', 'offered', 'taken', 'fetched', 'examined', 'said', 'served', 'done'].map((name) => ({
    name,
    subjects: any,
  })),
  ...['downloading', 'replaying'].map((name) => ({ name, subjects: ['run', 'fraud'] as const })),
  ...messages.flatMap(([action, subjects]) =>
    ['signed', 'kept', 'broadcast', 'included', 'settled'].map((when) => ({ name: `${action}:${when}`, subjects })),
  ),
  { name: 'anytime', subjects: any },
];
