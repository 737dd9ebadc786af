import { isUtf8 } from 'node:buffer';
import { ConnectError, type Header, type SinkRecord } from '../../../api/index.ts';
import { GIVEN_PREFIX, readTypedHeaders, recordIdOf, type TypedHeader, type TypedParts } from '../../../kit/index.ts';
import { type AmqpMessage, HEADER_FIELDS, ID_FIELDS, PROPERTY_FIELDS } from '../protocol/amqp-message.ts';
import type { AmqpValue } from '../protocol/amqp-value.ts';
import { typedValue, valueFromJson } from '../protocol/send/typed-value.ts';
import { fieldsInOrder, writeMessage } from '../protocol/send/write-message.ts';
import type { ActivemqSinkConfig } from './config.ts';

const PREFIX = GIVEN_PREFIX.jms;
const ANNOTATION = 'annotation-';
const FOOTER = 'footer-';
const MESSAGE_TYPE = 'message-type';
/** What the broker itself says of a message, or of its way to one consumer. */
const OF_THE_BROKER = new Set(['destination', 'first-acquirer', 'delivery-count', 'persistent', 'annotation-x-opt-jms-dest']);
/** What a source of ActiveMQ tells of a message. Another producer's property may begin with `jms-` as well. */
const TOLD = new Set<string>([
  MESSAGE_TYPE,
  ...OF_THE_BROKER,
  ...HEADER_FIELDS.map(([name]) => name),
  ...PROPERTY_FIELDS.map(([name]) => name),
]);
const isTold = (name: string): boolean => TOLD.has(name) || name.startsWith(ANNOTATION) || name.startsWith(FOOTER);
/** By it Artemis drops what it has already. */
const DUPLICATE_ID = '_AMQ_DUPL_ID';
/** Properties of RocketMQ messages of the same name hold the same. */
const KEY = 'connect-key';
/** No bound of the standard: brokers keep ids in memory. */
const MAX_ID_BYTES = 1_024;
const MIN_TIME_MS = -(2n ** 63n);
const MAX_TIME_MS = 2n ** 63n - 1n;

export interface Mapping {
  readonly messageType: ActivemqSinkConfig['messageType'];
  /** The broker drops a message whose id it has seen. */
  readonly dropsDuplicates: boolean;
}

/** The encoded message of a record. Throws RECORD_REFUSED for what AMQP 1.0 can't be. */
export function messageOf(record: SinkRecord, mapping: Mapping): Buffer {
  const parts = readTypedHeaders(record.headers, PREFIX);
  try {
    return writeMessage(toMessage(record, parts, mapping));
  } catch (error) {
    if (error instanceof ConnectError) throw error;
    throw new ConnectError('RECORD_REFUSED', `it can't be a message of AMQP 1.0: ${(error as Error).message}`, {
      remedy: 'correct the headers that its producer writes',
      cause: error,
    });
  }
}

function toMessage(record: SinkRecord, { given, givenTypes, users }: TypedParts, mapping: Mapping): AmqpMessage {
  const isJms = [...given.keys()].some(isTold);
  const others = [...given].filter(([name]) => !isTold(name)).map(([name, value]) => ({ name: PREFIX + name, value }));
  const id = recordIdOf(record, MAX_ID_BYTES);
  const { key } = record;
  // Only an ActiveMQ source has the message id as its key. Others' keys come again, and an id must not.
  const keyIsId = isJms && record.sourceKey !== undefined && key !== null && key.length > 0;
  const own = keyIsId || key === null ? [] : [{ name: KEY, value: key }];
  const fields = new Map<string, AmqpValue>();
  for (const [name, type] of [...HEADER_FIELDS, ...PROPERTY_FIELDS]) {
    const value = given.get(name) ?? null;
    if (value === null || OF_THE_BROKER.has(name)) continue;
    fields.set(
      name,
      named(PREFIX + name, () => typedValue(value, ID_FIELDS.has(name) ? givenTypes.get(name) : type)),
    );
  }
  // A settled message that is not durable may be lost.
  fields.set('persistent', { type: 'boolean', value: true });
  if (!fields.has('message-id')) fields.set('message-id', keyIsId ? typedValue(key) : { type: 'string', value: id });
  const time = timeOf(record);
  if (time !== undefined && !fields.has('timestamp')) fields.set('timestamp', { type: 'timestamp', value: time });
  const headers = [...(isJms ? users : once(users)), ...others, ...own].filter(
    ({ name }) => !mapping.dropsDuplicates || name !== DUPLICATE_ID,
  );
  const applicationProperties = headers.map((header) => entry('string', header));
  if (mapping.dropsDuplicates)
    applicationProperties.push(entry('string', { name: DUPLICATE_ID, value: Buffer.from(`${id} ${placeOf(record)}`) }));
  const listed = (prefix: string) =>
    [...given]
      .filter(([name]) => name.startsWith(prefix) && !OF_THE_BROKER.has(name))
      .map(([name, value]) => {
        const type = givenTypes.get(name);
        return entry('symbol', { name: name.slice(prefix.length), value, ...(type !== undefined && { type }) });
      });
  return {
    header: fieldsInOrder(HEADER_FIELDS, fields),
    properties: fieldsInOrder(PROPERTY_FIELDS, fields),
    annotations: listed(ANNOTATION),
    applicationProperties,
    footer: listed(FOOTER),
    body: bodyOf(record.value, given.get(MESSAGE_TYPE)?.toString(), mapping.messageType),
  };
}

/**
 * The same each time the message is read, and of no other message: an id that its producer gave may be that of several, and Artemis would
 * drop all but the first.
 */
const placeOf = ({ partition, offset, storedAt }: SinkRecord): string => `${partition}@${offset}@${storedAt}`;

function entry(keyType: 'string' | 'symbol', { name, value, type }: TypedHeader): [AmqpValue, AmqpValue] {
  return [{ type: keyType, value: name }, named(name, () => typedValue(value, type))];
}

/** Says of which header an error is. */
function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new RangeError(`header ${JSON.stringify(name.slice(0, 40))}: ${(error as Error).message}`);
  }
}

/** A message has each property once, and none that is a list: of a name that comes again, a text has all values as JSON. */
function once(headers: readonly TypedHeader[]): TypedHeader[] {
  return [...Map.groupBy(headers, ({ name }) => name)].map(([name, same]) => {
    const [first] = same;
    return same.length === 1 && first !== undefined ? first : { name, value: Buffer.from(JSON.stringify(same.map(asJson))) };
  });
}

function asJson({ value }: Header): unknown {
  if (value === null) return null;
  return isUtf8(value) ? value.toString() : { binary: value.toString('base64') };
}

/** As the source read it, by the kind of message that it says; else as the configuration wants it. */
function bodyOf(value: Buffer | null, kind: string | undefined, wanted: Mapping['messageType']): AmqpMessage['body'] {
  if (value === null) return { kind: 'value', parts: [] };
  switch (kind ?? wanted) {
    case 'text':
    case 'message':
      if (!isUtf8(value)) throw new RangeError('its value is no text');
      return { kind: 'value', parts: [{ type: 'string', value: value.toString() }] };
    case 'map':
    case 'value':
      return { kind: 'value', parts: [named('body', () => valueFromJson(value))] };
    case 'stream':
      return { kind: 'sequence', parts: named('body', () => sequences(value)) };
    case 'bytes':
    case 'object':
      return { kind: 'data', parts: [{ type: 'binary', value }] };
    default:
      throw new RangeError(`its header ${PREFIX}${MESSAGE_TYPE} is ${JSON.stringify(kind?.slice(0, 40))}, which is no kind of message`);
  }
}

function sequences(value: Buffer): AmqpValue[] {
  const several = /^\{"sequences":/.test(value.toString('latin1', 0, 14))
    ? (JSON.parse(value.toString()) as { sequences: unknown[] })
    : undefined;
  const parts = several === undefined ? [value] : several.sequences.map((part) => Buffer.from(JSON.stringify(part)));
  return parts.map(valueFromJson);
}

/** A source's record without a time has none; of other messages, it is when their client made them. */
function timeOf({ timestamp, sourceKey, bornAt }: SinkRecord): bigint | undefined {
  const ms = timestamp ?? (sourceKey === undefined ? bornAt : undefined);
  if (ms === undefined || (typeof ms === 'number' && !Number.isFinite(ms))) return undefined;
  const time = typeof ms === 'bigint' ? ms : BigInt(Math.trunc(ms));
  return time >= MIN_TIME_MS && time <= MAX_TIME_MS ? time : undefined;
}
