import { defineEvent, text } from '../../chain/events.ts';

/** The SDK's events. Addresses are Bech32. */
export const setFeegrant = defineEvent('set_feegrant', { granter: text, grantee: text });
export const useFeegrant = defineEvent('use_feegrant', { granter: text, grantee: text });
export const updateFeegrant = defineEvent('update_feegrant', { granter: text, grantee: text });
export const revokeFeegrant = defineEvent('revoke_feegrant', { granter: text, grantee: text });
export const pruneFeegrant = defineEvent('prune_feegrant', { pruner: text });
