import { ensure } from '../../chain/errors.ts';
import type { MessageType } from '../../chain/message.ts';
import {
  MsgRegisterVrfKey,
  MsgRegisterVrfKeyResponse,
  MsgUpdateParams,
  MsgUpdateParamsResponse,
} from '../../proto/generated/infinet/beacon/v1/tx.ts';
import { isValidPublicKey } from './ecvrf.ts';
import { beaconErrors } from './errors.ts';

/** Registers or rotates the key of a validator's random function. */
export const msgRegisterVrfKey: MessageType<MsgRegisterVrfKey, MsgRegisterVrfKeyResponse> = {
  typeUrl: '/infinet.beacon.v1.MsgRegisterVrfKey',
  request: MsgRegisterVrfKey,
  response: MsgRegisterVrfKeyResponse,
  validate: (message) => {
    ensure(isValidPublicKey(message.publicKey), beaconErrors.invalidKey, `${message.publicKey.length} bytes`);
  },
};

/** Replaces the parameters; only governance may. */
export const msgUpdateParams: MessageType<MsgUpdateParams, MsgUpdateParamsResponse> = {
  typeUrl: '/infinet.beacon.v1.MsgUpdateParams',
  request: MsgUpdateParams,
  response: MsgUpdateParamsResponse,
};
