import { ConnectError, type Header, type SourceRecord } from '../../../api/index.ts';
import { GIVEN_PREFIX, type TypedHeader, typedHeaders } from '../../../kit/index.ts';
import type { Received } from '../protocol/amqp-link.ts';
import {
  type AmqpMessage,
  bodyBytes,
  HEADER_FIELDS,
  ID_FIELDS,
  type JmsType,
  jmsType,
  keyOf,
  nameOf,
  ownIdOf,
  PROPERTY_FIELDS,
  readMessage,
} from '../protocol/amqp-message.ts';
import { type AmqpValue, bytesOf } from '../protocol/amqp-value.ts';
import { endsEarly } from '../protocol/java-serialization.ts';

/** Headers that tell what the message was besides its body and the user's own properties. */
const PREFIX = GIVEN_PREFIX.jms;
const CONTENT_TYPE = 6;
const CREATION_TIME = 9;
const MARK = 'x-opt-jms-msg-type';

/** Times beyond it are no dates. */
const MAX_TIME_MS = 8_640_000_000_000_000n;

function idOf(message: Parameters<typeof ownIdOf>[0], bytes: Buffer, fallbackId: string): Pick<SourceRecord, 'id' | 'lastingId'> {
  const id = ownIdOf(message);
  return id === undefined ? { id: fallbackId, lastingId: () => nameOf(bytes) } : { id };
}

export interface RecordPlace {
  readonly partition: string;
  readonly position: string;
  /** For errors: `queue orders`. */
  readonly source: string;
  /** Names a message that has no id of its own. */
  readonly fallbackId: string;
}

/** The record of one message, or a refused one of what is none. Its id is the message's own where it has one, so that a repeat has the same. */
export function toRecord({ bytes, format }: Received, { source, fallbackId, partition, position }: RecordPlace): SourceRecord {
  const place = () => ({ partition, position, id: nameOf(bytes) });
  try {
    if (format !== 0) throw new RangeError(`its message format is ${format}`);
    const message = readMessage(bytes);
    const { annotations, properties, body } = message;
    const mark = annotations.find(([{ value }]) => value === MARK)?.[1];
    const contentType = properties[CONTENT_TYPE]?.value;
    const type = jmsType(message, mark, typeof contentType === 'string' ? contentType : undefined);
    const damage = damageOf(message, type);
    if (damage !== undefined) return damaged(bytes, place(), source, damage);
    return {
      partition,
      position,
      ...idOf(message, bytes, fallbackId),
      key: keyOf(message),
      value: bodyBytes(body),
      headers: headersOf(message, type),
      ...timeOf(properties[CREATION_TIME]),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return notUnderstood(bytes, place(), source, error);
  }
}

function headersOf({ header, properties, annotations, applicationProperties, footer }: AmqpMessage, type: JmsType): Header[] {
  const given = [
    { name: `${PREFIX}message-type`, value: Buffer.from(type) },
    ...fields(HEADER_FIELDS, header),
    ...fields(PROPERTY_FIELDS, properties),
    ...entries(`${PREFIX}annotation-`, annotations),
    ...entries(`${PREFIX}footer-`, footer),
  ];
  return typedHeaders(given, entries('', applicationProperties));
}

const timeOf = (creation: AmqpValue | undefined): { timestamp?: number } =>
  creation?.type === 'timestamp' && creation.value <= MAX_TIME_MS && creation.value >= -MAX_TIME_MS
    ? { timestamp: Number(creation.value) }
    : {};

function fields(names: ReadonlyArray<readonly [name: string, type: string]>, values: readonly AmqpValue[]): TypedHeader[] {
  return values.flatMap((value, index) => {
    if (value.type === 'null') return [];
    const name = names[index]?.[0];
    if (name === undefined) throw new RangeError('a field that AMQP 1.0 does not know');
    return [{ name: PREFIX + name, value: bytesOf(value), ...(ID_FIELDS.has(name) && typeOf(value)) }];
  });
}

function entries(prefix: string, map: ReadonlyArray<readonly [AmqpValue, AmqpValue]>): TypedHeader[] {
  return map.map(([key, value]) => ({ name: prefix + String(key.value), value: bytesOf(value), ...typeOf(value) }));
}

const typeOf = ({ type }: AmqpValue) => (type === 'string' || type === 'null' ? {} : { type });

/** What of a record is known before its message is read. */
interface Place {
  readonly partition: string;
  readonly position: string;
  readonly id: string;
}

/** `message` is no AMQP message: a dead letter can keep its bytes, which are all that there is. */
const notUnderstood = (bytes: Buffer, place: Place, source: string, cause: Error): SourceRecord =>
  refused(bytes, place, 'RECORD_REFUSED', `message ${place.id} of ${source} is no message of AMQP 1.0: ${cause.message}`, cause);

/** The broker holds more of the message than it hands out: it must stay there, so no dead letter is made of it. */
const damaged = (bytes: Buffer, place: Place, source: string, damage: string): SourceRecord =>
  refused(bytes, place, 'WRONG_KIND', `message ${place.id} of ${source} does not arrive whole: ${damage}`);

function refused(value: Buffer, place: Place, code: 'RECORD_REFUSED' | 'WRONG_KIND', message: string, cause?: Error): SourceRecord {
  const remedy = "take it from there with a client of the broker's own protocol, which reads it whole, then resume the connector";
  return { ...place, key: null, value, headers: [], refused: new ConnectError(code, message, { cause, remedy }) };
}

/** What Artemis's own clients note about a large message: how many bytes its body had. */
const LARGE_SIZE = '_AMQ_LARGE_SIZE';
/** What Artemis puts in the place of a body that it can't translate. */
const NOT_TRANSLATED = /^Conversion to AMQP error/;
/** Artemis writes a text as two bytes for each UTF-16 unit behind five others, and bytes of an object behind four. */
const TEXT_BYTES = { head: 5, unit: 2 };
const OBJECT_HEAD = 4;

/** What is wrong with a message that the broker had to translate; undefined where nothing is known against it. */
function damageOf({ applicationProperties, body }: AmqpMessage, type: JmsType): string | undefined {
  const [first] = body.parts;
  const size = numberOf(applicationProperties.find(([{ value }]) => value === LARGE_SIZE)?.[1]);
  const arrived = size === undefined ? undefined : originalBytes(body.parts, type);
  if (arrived !== undefined && arrived !== size) return `the broker hands out ${arrived} of the ${size} bytes that ${LARGE_SIZE} says`;
  if (type === 'message' && first?.type === 'string' && NOT_TRANSLATED.test(first.value)) {
    return 'the broker could not translate its body into AMQP';
  }
  if (type === 'object' && first?.type === 'binary' && endsEarly(first.value)) {
    return 'its serialized object ends early: the broker cuts objects that were sent compressed (useCompression)';
  }
  return undefined;
}

function originalBytes(parts: readonly AmqpValue[], type: JmsType): number | undefined {
  const [first] = parts;
  if (first?.type === 'string') return type === 'text' ? TEXT_BYTES.head + TEXT_BYTES.unit * first.value.length : undefined;
  if (first?.type !== 'binary') return undefined;
  const bytes = parts.reduce((sum, { type: part, value }) => sum + (part === 'binary' ? value.length : 0), 0);
  return type === 'object' ? bytes + OBJECT_HEAD : bytes;
}

const numberOf = (value: AmqpValue | undefined): number | undefined =>
  value?.type === 'long' || value?.type === 'int' ? Number(value.value) : undefined;
