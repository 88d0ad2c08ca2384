import { defineEvent, text } from '../../chain/events.ts';

/**
 * The SDK's events with its attribute order. Addresses are Bech32, amounts are coins as text ("5abc,10uinf"), empty for
 * no coins.
 */

export const coinSpent = defineEvent('coin_spent', { spender: text, amount: text });
export const coinReceived = defineEvent('coin_received', { receiver: text, amount: text });
export const coinbase = defineEvent('coinbase', { minter: text, amount: text });
export const burn = defineEvent('burn', { burner: text, amount: text });

export const transfer = defineEvent('transfer', { recipient: text, sender: text, amount: text });
/** MsgMultiSend's transfers do not name the sender. */
export const multiTransfer = defineEvent('transfer', { recipient: text, amount: text });
export const messageSender = defineEvent('message', { sender: text });
