import type { ConnectError } from '../../api/index.ts';
import type { OutgoingMessage } from '../../rocketmq/types.ts';
import type { ReadMessage } from './read-message.ts';

/** Longer reasons are cut: a reason must not be what makes a dead letter too large. */
const MAX_REASON_LENGTH = 500;
const NO_BODY = Buffer.from([0]);

/** A message that the target refuses for good. */
export interface RefusedMessage {
  readonly read: ReadMessage;
  readonly partition: string;
  /** The RocketMQ topic that it was read from. */
  readonly topic: string;
  readonly error: ConnectError;
}

/**
 * Makes dead letters of a refused message, the fullest first: whole, then without its properties, then without its body. All have the
 * place where the whole message is, as long as RocketMQ keeps it.
 */
export function* sinkDeadLetters(
  refused: RefusedMessage,
  toMessage: (message: ReadMessage['message']) => OutgoingMessage,
): Generator<OutgoingMessage> {
  const { body, keys, properties, tag } = toMessage(refused.read.message);
  const tagged = tag !== undefined && { tag };
  yield { body, keys, properties: withReason(properties, refused), ...tagged };
  yield { body, keys: [], properties: withReason(new Map(), refused, 'keys, properties'), ...tagged };
  yield { body: NO_BODY, keys: [], properties: withReason(new Map(), refused, 'body, keys, properties') };
}

function withReason(properties: ReadonlyMap<string, string>, refused: RefusedMessage, omitted?: string): Map<string, string> {
  const { read, partition, topic, error } = refused;
  const messageId = read.message.properties.get('UNIQ_KEY');
  const why: Array<[string, string]> = [
    ['connect-error-reason', textOf(error.message).slice(0, MAX_REASON_LENGTH)],
    ['connect-error-topic', topic],
    ['connect-error-partition', partition],
    ['connect-error-position', String(read.message.offset)],
    ...(messageId === undefined ? [] : [['connect-error-message-id', messageId] as [string, string]]),
    ...(omitted === undefined ? [] : [['connect-error-omitted', omitted] as [string, string]]),
  ];
  return new Map([...properties, ...why]);
}

/** RocketMQ parts properties by control characters. */
const textOf = (reason: string): string => reason.replace(/\p{Cc}+/gu, ' ') || 'refused';
