import { isUtf8 } from 'node:buffer';
import { ConnectError, type Header, type SinkRecord } from '../../../api/index.ts';
import { GIVEN_PREFIX, RecordTemplate, readTypedHeaders, recordIdOf, type TypedHeader } from '../../../kit/index.ts';
import { PROPERTIES } from '../protocol/basic-properties.ts';
import type { Publication } from '../protocol/publish/publisher.ts';
import { shortText, writeBasicProperties } from '../protocol/publish/write-properties.ts';
import type { RabbitmqSinkConfig } from './config.ts';

const PREFIX = GIVEN_PREFIX.rabbitmq;
/** They say where a message was, and only templates ask for it. */
const PLACE = ['exchange', 'routing-key', 'redelivered'];
const KNOWN: ReadonlySet<string> = new Set(PROPERTIES.filter(([, kind]) => kind !== 'headers').map(([name]) => name));
/** A connector leaves them out where they are empty. */
const MAY_LACK = [`${PREFIX}exchange`, `${PREFIX}routing-key`];
const MAX_ID_BYTES = 255;
const MAX_EXPIRATION_MS = 4_294_967_295;
const PERSISTENT = Buffer.from('2');
/** Properties of RocketMQ messages of the same names hold the same. */
const KEY = 'connect-key';
const VALUE = 'connect-value';

/** Where records go. */
export interface Target {
  readonly exchange: RecordTemplate;
  readonly routingKey: RecordTemplate;
}

export const targetOf = ({ exchange, routingKey }: Pick<RabbitmqSinkConfig, 'exchange' | 'routingKey'>): Target => ({
  exchange: new RecordTemplate('sink.exchange', exchange, MAY_LACK),
  routingKey: new RecordTemplate('sink.routingKey', routingKey, MAY_LACK),
});

export interface Mapping extends Target {
  readonly deduplicationHeader?: string | undefined;
  /** Empty where it is not known. */
  readonly username: string;
}

/** What is published of a record. Throws RECORD_REFUSED where RabbitMQ can't have it. */
export function publicationOf(record: SinkRecord, mapping: Mapping): Publication {
  const exchange = mapping.exchange.of(record);
  const routingKey = mapping.routingKey.of(record);
  shortText(exchange, 'its exchange');
  shortText(routingKey, 'its routing key');
  const { given, users } = readTypedHeaders(record.headers, PREFIX);
  const isRabbitmqs = given.size > 0;
  const id = recordIdOf(record, MAX_ID_BYTES);
  const { key } = record;
  // Only a RabbitMQ source has the message id as its key. Others' keys come again, and an id must not.
  const keyIsId = isRabbitmqs && record.sourceKey !== undefined && key !== null && key.length <= MAX_ID_BYTES;
  const headers = [
    ...(isRabbitmqs ? users : listed(users)).map((header) => (isRabbitmqs ? header : withBytes(header))),
    ...unknown(given),
    ...(key !== null && !keyIsId ? [withBytes({ name: KEY, value: key })] : []),
    ...(record.value === null ? [{ name: VALUE, value: Buffer.from('null') }] : []),
  ];
  for (const header of headers) checkCopies(header);
  const properties = new Map<string, Buffer>();
  for (const [name, value] of given) if (KNOWN.has(name) && value !== null) properties.set(name, value);
  const time = timeOf(record);
  if (time !== undefined && !properties.has('timestamp')) properties.set('timestamp', time);
  // A confirmation says nothing of what a node keeps in memory only.
  properties.set('delivery-mode', PERSISTENT);
  checkExpiration(properties.get('expiration'));
  const user = properties.get('user-id');
  if (user !== undefined && String(user) !== mapping.username) {
    // RabbitMQ takes no other user's name than that of who publishes.
    properties.delete('user-id');
    headers.push({ name: `${PREFIX}user-id`, value: user });
  }
  const messageId = properties.get('message-id') ?? (keyIsId ? key : Buffer.from(id));
  properties.set('message-id', messageId);
  const all = withDeduplication(headers, mapping.deduplicationHeader, id);
  return {
    exchange,
    routingKey,
    messageId,
    properties: writeBasicProperties({ properties, headers: all }),
    body: record.value ?? Buffer.alloc(0),
  };
}

/** Given names that are none of AMQP's properties: those of refused records, for instance. */
const unknown = (given: ReadonlyMap<string, Buffer | null>): Header[] =>
  [...given].filter(([name]) => !KNOWN.has(name) && !PLACE.includes(name)).map(([name, value]) => ({ name: PREFIX + name, value }));

/** Most clients keep the last of a name only, and servers may: its values become one array. */
function listed(headers: readonly TypedHeader[]): TypedHeader[] {
  return [...Map.groupBy(headers, ({ name }) => name)].map(([name, same]) => {
    const [first] = same;
    if (same.length === 1 && first !== undefined) return first;
    return { name, type: 'array', value: Buffer.from(JSON.stringify(same.map(nested))) };
  });
}

/** As `writeBasicProperties` takes what stands in an array. */
function nested({ value }: Header): unknown {
  if (value === null) return null;
  return isUtf8(value) ? value.toString() : { '!': 'bytes', value: value.toString('base64') };
}

/** Clients make text of text, and would damage bytes. */
const withBytes = (header: TypedHeader): TypedHeader =>
  header.type === undefined && header.value !== null && !isUtf8(header.value) ? { ...header, type: 'bytes' } : header;

/** AMQP's times are in seconds. A source's record without one has none; of other messages, it is when their client made them. */
function timeOf({ timestamp, sourceKey, bornAt }: SinkRecord): Buffer | undefined {
  const ms = timestamp ?? (sourceKey === undefined ? bornAt : undefined);
  if (ms === undefined) return undefined;
  if (typeof ms === 'number') return Buffer.from(String(Math.floor(ms / 1_000)));
  const seconds = ms / 1_000n;
  return Buffer.from(String(ms % 1_000n < 0n ? seconds - 1n : seconds));
}

function checkExpiration(expiration: Buffer | undefined): void {
  if (expiration === undefined || (/^\d{1,10}$/.test(String(expiration)) && Number(expiration.toString()) <= MAX_EXPIRATION_MS)) return;
  throw new ConnectError(
    'RECORD_REFUSED',
    `its ${PREFIX}expiration is ${JSON.stringify(String(expiration).slice(0, 40))}, which is no time to live`,
    {
      remedy: `let its producer write milliseconds, up to ${MAX_EXPIRATION_MS}`,
    },
  );
}

/** RabbitMQ reads more routing keys from these, and closes the channel where they are anything but a list of texts. */
function checkCopies({ name, type, value }: TypedHeader): void {
  if (name !== 'CC' && name !== 'BCC') return;
  const keys: unknown = type === 'array' && value !== null ? JSON.parse(String(value)) : undefined;
  if (Array.isArray(keys) && keys.every((key) => typeof key === 'string')) return;
  throw new ConnectError('RECORD_REFUSED', `its header ${name} is no list of texts, and RabbitMQ reads routing keys from it`, {
    remedy: 'let its producer give the header another name, or write a list',
  });
}

function withDeduplication(headers: readonly TypedHeader[], name: string | undefined, id: string): readonly TypedHeader[] {
  if (name === undefined) return headers;
  return [...headers.filter((header) => header.name !== name), { name, value: Buffer.from(id) }];
}
