import type { MessageType } from '../../chain/message.ts';
import { feegrantTx } from '../../sdk/codec/index.ts';
import { readAllowance } from './allowance.ts';

/** Lets the grantee pay fees from the granter's account, within an allowance. */
export const msgGrantAllowance: MessageType<feegrantTx.MsgGrantAllowance, feegrantTx.MsgGrantAllowanceResponse> = {
  typeUrl: '/cosmos.feegrant.v1beta1.MsgGrantAllowance',
  request: feegrantTx.MsgGrantAllowance,
  response: feegrantTx.MsgGrantAllowanceResponse,
  validate: ({ allowance }) => void (allowance !== undefined && readAllowance(allowance)),
};

/** Takes an allowance back. */
export const msgRevokeAllowance: MessageType<feegrantTx.MsgRevokeAllowance, feegrantTx.MsgRevokeAllowanceResponse> = {
  typeUrl: '/cosmos.feegrant.v1beta1.MsgRevokeAllowance',
  request: feegrantTx.MsgRevokeAllowance,
  response: feegrantTx.MsgRevokeAllowanceResponse,
};

/** Removes allowances that have expired; anybody may. */
export const msgPruneAllowances: MessageType<feegrantTx.MsgPruneAllowances, feegrantTx.MsgPruneAllowancesResponse> = {
  typeUrl: '/cosmos.feegrant.v1beta1.MsgPruneAllowances',
  request: feegrantTx.MsgPruneAllowances,
  response: feegrantTx.MsgPruneAllowancesResponse,
};
