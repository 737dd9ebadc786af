import { contentOf } from './record-mapping.ts';
import { type ShownMessage, shownMessage } from './shown-message.ts';
import type { OutgoingMessage } from './types.ts';

/** Shows a message that was not sent, as `peek` would show it if it had been. */
export function sampledMessage({ body, keys, properties, tag }: OutgoingMessage): ShownMessage {
  const stored = new Map([['KEYS', keys.join(' ')], ...(tag === undefined ? [] : [['TAGS', tag] as const]), ...properties]);
  return shownMessage(contentOf(body, stored), stored);
}
