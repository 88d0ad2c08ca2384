import type { abci } from '../../sdk/codec/index.ts';
import type { Attribute, ChainEvent } from '../events.ts';

/**
 * A message's events as the SDK reports them (baseapp `createEvents`): first `message` with action, sender and module,
 * then the handler's own, each with `msg_index` as its last attribute.
 */
export function messageEvents(
  typeUrl: string,
  sender: string | undefined,
  events: readonly ChainEvent[],
  index: number,
): ChainEvent[] {
  const attributes: Attribute[] = [{ key: 'action', value: typeUrl }];
  if (sender !== undefined) attributes.push({ key: 'sender', value: sender });
  const named = events.some((event) => event.attributes.some(({ key }) => key === 'module'));
  const module = typeUrl.split('.')[1];
  if (!named && module !== undefined) attributes.push({ key: 'module', value: module });
  const position = { key: 'msg_index', value: index.toString() };
  return [{ type: 'message', attributes }, ...events].map(({ type, attributes: own }) => ({
    type,
    attributes: [...own, position],
  }));
}

/** Events of a block hook with the SDK's `mode` attribute at their end. */
export function hookEvents(events: readonly ChainEvent[], mode: 'BeginBlock' | 'EndBlock'): ChainEvent[] {
  return events.map(({ type, attributes }) => ({ type, attributes: [...attributes, { key: 'mode', value: mode }] }));
}

/** All attributes are indexed, as the SDK does without `index-events`. */
export function toAbciEvents(events: readonly ChainEvent[], index = true): abci.Event[] {
  return events.map(({ type, attributes }) => ({
    type,
    attributes: attributes.map(({ key, value }) => ({ key, value, index })),
  }));
}
