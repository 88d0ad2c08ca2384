import { defineEvent, hex, integer, text } from '../../chain/events.ts';

export const roundClosed = defineEvent('beacon_round_closed', {
  round: integer,
  value: hex,
  outputs: integer,
  /** Power behind the outputs, and of all bonded validators. */
  power: integer,
  total_power: integer,
});

/** The window passed without outputs from more than 2/3 of the power; it stays open until they are there. */
export const roundExtended = defineEvent('beacon_round_extended', {
  round: integer,
  power: integer,
  total_power: integer,
});

/** A validator with a key gave no valid output to a round that closed. */
export const outputMissed = defineEvent('beacon_output_missed', { round: integer, operator: text });

/** A validator was jailed because its output is what an overdue round waits for. */
export const roundOverdue = defineEvent('beacon_round_overdue', { round: integer, operator: text });

/** A proof that does not hold; the validator's output is missing from this round. */
export const proofRefused = defineEvent('beacon_proof_refused', { round: integer, operator: text });

export const vrfKeyRegistered = defineEvent('vrf_key_registered', {
  operator: text,
  public_key: hex,
  active_round: integer,
});
