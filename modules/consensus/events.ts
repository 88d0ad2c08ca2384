import { defineEvent, text } from '../../chain/events.ts';

/** `parameters` as protobuf's text format on one line. */
export const updateConsensusParams = defineEvent('update_consensus_params', { authority: text, parameters: text });
