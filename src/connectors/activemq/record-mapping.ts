import { messageIdOf, type SourceRecord, type TypedHeader, typedHeaders } from '../../api/index.ts';
import { bodyBytes, jmsType, readMessage } from './amqp-message.ts';
import { type AmqpValue, bytesOf } from './amqp-value.ts';

/** Headers that tell what the message was besides its body and the user's own properties. */
const PREFIX = 'jms-';
/** Fields of the standard's header and properties sections, in their order. Each has one type, except the two ids. */
const HEADER_FIELDS = ['persistent', 'priority', 'ttl', 'first-acquirer', 'delivery-count'];
const PROPERTY_FIELDS = [
  'message-id',
  'user-id',
  'destination',
  'type',
  'reply-to',
  'correlation-id',
  'content-type',
  'content-encoding',
  'expiration',
  'timestamp',
  'group-id',
  'group-sequence',
  'reply-to-group-id',
];
const MESSAGE_ID = 0;
const CONTENT_TYPE = 6;
const CREATION_TIME = 9;
const IDS = new Set(['message-id', 'correlation-id']);
const MARK = 'x-opt-jms-msg-type';

/** The record of one message. `id` is the message's own where it has one, so that a repeat has the same; else `fallbackId`. */
export function toRecord(bytes: Buffer, partition: string, position: string, fallbackId: string): SourceRecord {
  const message = readMessage(bytes);
  const { header, properties, annotations, applicationProperties, footer, body } = message;
  const messageId = properties[MESSAGE_ID];
  const key = messageId === undefined ? null : bytesOf(messageId);
  const creation = properties[CREATION_TIME];
  const mark = annotations.find(([{ value }]) => value === MARK)?.[1];
  const contentType = properties[CONTENT_TYPE]?.value;
  const headers: TypedHeader[] = [
    {
      name: `${PREFIX}message-type`,
      value: Buffer.from(jmsType(message, mark, typeof contentType === 'string' ? contentType : undefined)),
    },
    ...fields(HEADER_FIELDS, header),
    ...fields(PROPERTY_FIELDS, properties),
    ...entries(`${PREFIX}annotation-`, annotations),
    ...entries(`${PREFIX}footer-`, footer),
    ...entries('', applicationProperties),
  ];
  return {
    partition,
    position,
    id: key === null || key.length === 0 || messageId === undefined ? fallbackId : messageIdOf(key, messageId.type),
    key,
    value: bodyBytes(body),
    headers: typedHeaders(headers),
    ...(creation?.type === 'timestamp' && { timestamp: Number(creation.value) }),
  };
}

function fields(names: readonly string[], values: readonly AmqpValue[]): TypedHeader[] {
  return values.flatMap((value, index) => {
    const name = names[index];
    if (name === undefined || value.type === 'null') return [];
    return [{ name: PREFIX + name, value: bytesOf(value), ...(IDS.has(name) && typeOf(value)) }];
  });
}

function entries(prefix: string, map: ReadonlyArray<readonly [AmqpValue, AmqpValue]>): TypedHeader[] {
  return map.map(([key, value]) => ({ name: prefix + String(key.value), value: bytesOf(value), ...typeOf(value) }));
}

const typeOf = ({ type }: AmqpValue) => (type === 'string' || type === 'null' ? {} : { type });
