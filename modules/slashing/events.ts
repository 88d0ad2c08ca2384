import { defineEvent, text } from '../../chain/events.ts';

/** x/slashing tells of a jailing under the same type as of a slash (`modules/staking/events.ts`): the consensus address, Bech32. */
export const jail = defineEvent('slash', { jailed: text });
