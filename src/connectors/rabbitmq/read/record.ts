import type { ConnectError, Header, SourceRecord } from '../../../api/index.ts';
import { GIVEN_PREFIX, typedHeaders } from '../../../kit/index.ts';
import type { BasicProperties } from '../protocol/basic-properties.ts';
import type { Delivery } from '../protocol/intake.ts';

const PREFIX = GIVEN_PREFIX.rabbitmq;
/** Times beyond it are no dates. */
const MAX_TIME_MS = 8_640_000_000_000_000;

/** Where a message was read. */
export interface Place {
  readonly partition: string;
  readonly position: string;
  readonly id: string;
}

/**
 * Body, properties and headers of a message as a record. Key: the message id. Properties travel as `rabbitmq-...`; an empty exchange
 * or routing key and a redelivered flag that is not set are left out.
 */
export function toRecord(delivery: Delivery, { properties, headers }: BasicProperties, { partition, position, id }: Place): SourceRecord {
  const messageId = properties.get('message-id');
  const timestamp = timeOf(properties.get('timestamp'));
  return {
    partition,
    position,
    id,
    key: messageId ?? null,
    value: delivery.body,
    headers: typedHeaders([...routing(delivery), ...systemHeaders(properties)], headers),
    ...(timestamp !== undefined && { timestamp }),
  };
}

/** What was read and not understood, with the bytes that came of it, where any did. */
export function refusedRecord(delivery: Delivery | undefined, { partition, position, id }: Place, refused: ConnectError): SourceRecord {
  const headers = delivery === undefined ? [] : [...routing(delivery), { name: `${PREFIX}raw-properties`, value: delivery.rawProperties }];
  return { partition, position, id, key: null, value: delivery?.body ?? null, headers, refused };
}

function routing({ exchange, routingKey, redelivered }: Delivery): Header[] {
  const headers: Header[] = [];
  if (exchange.length > 0) headers.push({ name: `${PREFIX}exchange`, value: exchange });
  if (routingKey.length > 0) headers.push({ name: `${PREFIX}routing-key`, value: routingKey });
  if (redelivered) headers.push({ name: `${PREFIX}redelivered`, value: Buffer.from('true') });
  return headers;
}

function systemHeaders(properties: ReadonlyMap<string, Buffer>): Header[] {
  const headers: Header[] = [];
  for (const [name, value] of properties) if (name !== 'message-id') headers.push({ name: `${PREFIX}${name}`, value });
  return headers;
}

/** AMQP's times are in seconds. */
function timeOf(seconds: Buffer | undefined): number | undefined {
  const ms = seconds === undefined ? Number.NaN : Number(seconds.toString()) * 1_000;
  return Math.abs(ms) <= MAX_TIME_MS ? ms : undefined;
}
