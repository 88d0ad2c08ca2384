import { defineEvent, integer, text } from '../../chain/events.ts';

/** x/slashing tells of a jailing under the same type as of a slash (`modules/staking/events.ts`): the consensus address, Bech32. */
export const jail = defineEvent('slash', { jailed: text });

/** A slash for absence, which tells of the jailing too. */
export const downtimeSlash = defineEvent('slash', {
  address: text,
  power: integer,
  reason: text,
  jailed: text,
  burned_coins: integer,
});

/** A validator of the last commit was absent; how many blocks of its window it has missed by now. */
export const liveness = defineEvent('liveness', { address: text, missed_blocks: integer, height: integer });
