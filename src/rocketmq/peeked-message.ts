import { contentOf } from './record-mapping.ts';
import { type ShownMessage, shownMessage } from './shown-message.ts';
import type { StoredMessage } from './stored-message.ts';
import type { TopicQueue } from './topic-route.ts';

/** A stored message as people and scripts read it. JSON only. */
export interface PeekedMessage extends ShownMessage {
  readonly broker: string;
  readonly queue: number;
  readonly offset: number;
  /** When the broker stored it, ISO 8601. */
  readonly storedAt: string;
  /** The body is in a compressed form that is not read here. */
  readonly compressed?: true;
}

/** Shows the record that the message carries, and where the message is. */
export function peeked({ broker, id }: TopicQueue, message: StoredMessage): PeekedMessage {
  const { offset, storedAt, body, properties, compressed } = message;
  return {
    broker,
    queue: id,
    offset,
    storedAt: new Date(storedAt).toISOString(),
    ...(compressed && { compressed }),
    ...shownMessage(contentOf(body, properties), properties),
  };
}
