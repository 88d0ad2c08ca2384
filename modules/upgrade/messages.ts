import type { MessageType } from '../../chain/message.ts';
import { upgradeTx } from '../../sdk/codec/index.ts';

/** Plans an upgrade: at its height the chain stops until nodes run software that knows it; only governance may. */
export const msgSoftwareUpgrade: MessageType<upgradeTx.MsgSoftwareUpgrade, upgradeTx.MsgSoftwareUpgradeResponse> = {
  typeUrl: '/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade',
  request: upgradeTx.MsgSoftwareUpgrade,
  response: upgradeTx.MsgSoftwareUpgradeResponse,
};

/** Takes the plan back before it is due; only governance may. */
export const msgCancelUpgrade: MessageType<upgradeTx.MsgCancelUpgrade, upgradeTx.MsgCancelUpgradeResponse> = {
  typeUrl: '/cosmos.upgrade.v1beta1.MsgCancelUpgrade',
  request: upgradeTx.MsgCancelUpgrade,
  response: upgradeTx.MsgCancelUpgradeResponse,
};
