import type { Context } from '../../../chain/context.ts';
import { ensure } from '../../../chain/errors.ts';
import type {
  MsgSetStreamDevices,
  MsgSetStreamDevicesResponse,
} from '../../../proto/generated/infinet/contribution/v1/tx.ts';
import type { AddressCodec } from '../../../sdk/address.ts';
import { contributionErrors as errors } from '../errors.ts';
import { streamDevicesChanged } from '../events.ts';
import type { Parts } from '../parts.ts';
import * as state from '../state.ts';
import { streamOf } from '../versions.ts';

/** A device's key can do nothing for the owner but append to this stream. */
export function setStreamDevices(
  parts: Parts,
  ctx: Context,
  { contributor, devices, streamId }: MsgSetStreamDevices,
): MsgSetStreamDevicesResponse {
  const { stream } = streamOf(ctx, streamId);
  ensure(stream.owner === contributor, errors.notContributor, `stream ${streamId}`);
  for (const device of devices) {
    ensure(isAccount(parts.addresses, device), errors.invalidSubmission, `devices: ${device} is no account's address`);
  }
  state.streams.set(ctx, streamId, { ...stream, devices });
  ctx.log.emit(streamDevicesChanged.encode({ stream_id: streamId, owner: stream.owner, devices: devices.join(',') }));
  return {};
}

function isAccount(addresses: AddressCodec, text: string): boolean {
  try {
    return addresses.accountText(addresses.account(text)) === text;
  } catch {
    return false;
  }
}
