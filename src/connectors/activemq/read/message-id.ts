import { createHash } from 'node:crypto';
import { messageIdOf } from '../../../kit/index.ts';
import { type AmqpMessage, readSections, type Section } from '../protocol/amqp-message.ts';
import { bytesOf } from '../protocol/amqp-value.ts';

const MESSAGE_ID = 0;

/** A message's own id, the same each time it is read. Undefined where it has none, or an empty one, which names nothing. */
export function ownIdOf({ properties }: Pick<AmqpMessage, 'properties'>): string | undefined {
  const key = keyOf({ properties });
  return key === null || key.length === 0 ? undefined : messageIdOf(key, properties[MESSAGE_ID]?.type);
}

/**
 * A name for bytes that may be no message: its own id where one can be read, else a hash of what stays the same from delivery to
 * delivery.
 */
export function nameOf(bytes: Buffer): string {
  for (const { name, content } of readableSections(bytes)) {
    const id = name === 'properties' && content.type === 'list' ? ownIdOf({ properties: content.value }) : undefined;
    if (id !== undefined) return id;
  }
  return fingerprint(bytes);
}

/** A hash of what stays the same in a message from delivery to delivery. */
export function fingerprint(bytes: Buffer): string {
  let from = 0;
  for (const { name, end } of readableSections(bytes)) {
    if (name !== 'header' && name !== 'deliveryAnnotations') break;
    from = end;
  }
  return `sha256:${createHash('sha256').update(bytes.subarray(from)).digest('hex').slice(0, 32)}`;
}

/** Those before the first that can't be read. */
function* readableSections(bytes: Buffer): Generator<Section> {
  try {
    yield* readSections(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

/** A message's own id as it is. */
export const keyOf = ({ properties }: Pick<AmqpMessage, 'properties'>): Buffer | null => {
  const id = properties[MESSAGE_ID];
  return id === undefined ? null : bytesOf(id);
};
