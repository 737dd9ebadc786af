import type { ConnectError } from '../../api/index.ts';
import type { OutgoingMessage } from '../../rocketmq/types.ts';
import { LETTER, letterProperties, withoutLetter } from '../run/letter-properties.ts';
import type { ReadMessage } from './read-message.ts';

const NO_BODY = Buffer.from([0]);

/** A message that the target refuses for good. */
export interface RefusedMessage {
  readonly read: ReadMessage;
  readonly partition: string;
  /** The RocketMQ topic that it was read from. */
  readonly topic: string;
  readonly error: ConnectError;
  /** Where keys are parked: the hash of its key, if it has one. */
  readonly keyHash?: string | undefined;
}

/**
 * Makes dead letters of a message that a connector's target refused, the fullest first: whole, then without its properties, then without
 * its body. All have the place where the whole message is, as long as RocketMQ keeps it.
 */
export function* sinkDeadLetters(
  connector: string,
  refused: RefusedMessage,
  toMessage: (message: ReadMessage['message']) => OutgoingMessage,
): Generator<OutgoingMessage> {
  const { body, keys, properties, tag } = toMessage(refused.read.message);
  const tagged = tag !== undefined && { tag };
  const why = (omitted: string) => withReason(connector, refused, omitted);
  yield { body, keys, properties: new Map([...withoutLetter(properties), ...why('')]), ...tagged };
  yield { body, keys: [], properties: why('keys, properties'), ...tagged };
  yield { body: NO_BODY, keys: [], properties: why('body, keys, properties') };
}

function withReason(connector: string, { read, partition, topic, error, keyHash }: RefusedMessage, omitted: string): Map<string, string> {
  const { offset, bornAt, storedAt, properties } = read.message;
  const refusedAt = read.record === undefined ? 'read' : 'write';
  const why = letterProperties({ connector, error, refusedAt, topic, partition, position: String(offset), omitted });
  why.set(LETTER.bornAt, String(bornAt)).set(LETTER.storedAt, String(storedAt));
  const messageId = properties.get('UNIQ_KEY');
  if (messageId !== undefined) why.set(LETTER.messageId, messageId);
  const group = read.record?.orderingKey;
  if (group !== undefined) why.set(LETTER.group, JSON.stringify(group));
  if (keyHash !== undefined) why.set(LETTER.keyHash, keyHash);
  return why;
}
