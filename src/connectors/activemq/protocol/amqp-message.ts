import { createHash } from 'node:crypto';
import { messageIdOf } from '../../../kit/index.ts';
import { AmqpReader } from './amqp-reader.ts';
import { type AmqpValue, bytesOf, jsonOf } from './amqp-value.ts';

export type Entries = ReadonlyArray<readonly [key: AmqpValue, value: AmqpValue]>;

/** A message by its sections. Fields of `header` and `properties` stand where the standard has them; absent ones are missing or null. */
export interface AmqpMessage {
  readonly header: readonly AmqpValue[];
  readonly properties: readonly AmqpValue[];
  readonly annotations: Entries;
  readonly applicationProperties: Entries;
  readonly footer: Entries;
  /** What the body's sections hold, all of one kind. */
  readonly body: { readonly kind: 'data' | 'sequence' | 'value'; readonly parts: readonly AmqpValue[] };
}

/** Fields of the standard's header and properties sections, in their order. Each has one type, except the two ids. */
export const HEADER_FIELDS = [
  ['persistent', 'boolean'],
  ['priority', 'ubyte'],
  ['ttl', 'uint'],
  ['first-acquirer', 'boolean'],
  ['delivery-count', 'uint'],
] as const;
export const PROPERTY_FIELDS = [
  ['message-id', 'string'],
  ['user-id', 'binary'],
  ['destination', 'string'],
  ['type', 'string'],
  ['reply-to', 'string'],
  ['correlation-id', 'string'],
  ['content-type', 'symbol'],
  ['content-encoding', 'symbol'],
  ['expiration', 'timestamp'],
  ['timestamp', 'timestamp'],
  ['group-id', 'string'],
  ['group-sequence', 'uint'],
  ['reply-to-group-id', 'string'],
] as const;
/** The ids that may be of another type. */
export const ID_FIELDS: ReadonlySet<string> = new Set(['message-id', 'correlation-id']);

/** By number and by name, as a descriptor may be either. */
const SECTIONS = [
  [0x70, 'amqp:header:list', 'header'],
  [0x71, 'amqp:delivery-annotations:map', 'deliveryAnnotations'],
  [0x72, 'amqp:message-annotations:map', 'annotations'],
  [0x73, 'amqp:properties:list', 'properties'],
  [0x74, 'amqp:application-properties:map', 'applicationProperties'],
  [0x75, 'amqp:data:binary', 'data'],
  [0x76, 'amqp:amqp-sequence:list', 'sequence'],
  [0x77, 'amqp:amqp-value:*', 'value'],
  [0x78, 'amqp:footer:map', 'footer'],
] as const;
type SectionName = (typeof SECTIONS)[number][2];
const SECTION_NAMES: ReadonlyMap<unknown, SectionName> = new Map(
  SECTIONS.flatMap(
    ([number, symbol, name]): Array<[unknown, SectionName]> => [
      [BigInt(number), name],
      [symbol, name],
    ],
  ),
);

/** One part of a message. */
interface Section {
  readonly name: SectionName;
  readonly content: AmqpValue;
  /** Where it ends. */
  readonly end: number;
}

/** Throws RangeError for what is none: it might be a body of a kind that nobody here knows. */
function* readSections(bytes: Buffer): Generator<Section> {
  const reader = new AmqpReader(bytes);
  while (!reader.done) {
    const section = reader.read();
    const [descriptor, content] = section.type === 'described' ? section.value : [];
    const name = SECTION_NAMES.get(descriptor?.value);
    if (name === undefined || content === undefined) throw new RangeError('a section that AMQP 1.0 does not know');
    yield { name, content, end: reader.at };
  }
}

/** Throws RangeError for what is no AMQP message. Delivery annotations, which are for one hop only, are left out. */
export function readMessage(bytes: Buffer): AmqpMessage {
  const lists = { header: [] as readonly AmqpValue[], properties: [] as readonly AmqpValue[] };
  const maps = {
    deliveryAnnotations: [] as Entries,
    annotations: [] as Entries,
    applicationProperties: [] as Entries,
    footer: [] as Entries,
  };
  let kind: AmqpMessage['body']['kind'] | undefined;
  const parts: AmqpValue[] = [];
  for (const { name, content } of readSections(bytes)) {
    if (name === 'data' || name === 'sequence' || name === 'value') {
      if (kind !== undefined && (kind !== name || kind === 'value')) throw new RangeError('a body of more than one kind');
      kind = name;
      if ((name === 'data' && content.type !== 'binary') || (name === 'sequence' && content.type !== 'list')) throw noSection(name);
      parts.push(content);
    } else if (name === 'header' || name === 'properties') {
      if (content.type !== 'list') throw noSection(name);
      lists[name] = content.value;
    } else {
      if (content.type !== 'map') throw noSection(name);
      maps[name] = content.value;
    }
  }
  const { deliveryAnnotations: _, ...entries } = maps;
  return { ...lists, ...entries, body: { kind: kind ?? 'value', parts } };
}

const noSection = (name: SectionName) => new RangeError(`a section ${name} with something else in it`);

/** What kind of JMS message it is: by its own mark, where a JMS client or broker left one, else by its body. */
export type JmsType = 'message' | 'object' | 'map' | 'bytes' | 'stream' | 'text' | 'value';

const MARKS: readonly JmsType[] = ['message', 'object', 'map', 'bytes', 'stream', 'text'];
const OBJECT_CONTENT = 'application/x-java-serialized-object';

export function jmsType({ body: { kind, parts } }: AmqpMessage, mark: AmqpValue | undefined, contentType: string | undefined): JmsType {
  const marked = mark === undefined ? undefined : MARKS[Number(mark.value)];
  if (marked !== undefined) return marked;
  if (contentType === OBJECT_CONTENT) return 'object';
  if (kind === 'data') return 'bytes';
  if (kind === 'sequence') return 'stream';
  switch (parts[0]?.type) {
    case undefined:
    case 'null':
      return 'message';
    case 'string':
      return 'text';
    case 'binary':
      return 'bytes';
    case 'map':
      return 'map';
    case 'list':
      return 'stream';
    default:
      return 'value';
  }
}

/** Text and bytes as they are; a body that has types as JSON that tells them (see `jsonOf`); null where there is none. */
export function bodyBytes({ kind, parts }: AmqpMessage['body']): Buffer | null {
  const [first] = parts;
  if (first === undefined) return null;
  if (kind === 'sequence') return json(parts.length === 1 ? jsonOf(first) : { sequences: parts.map(jsonOf) });
  if (kind === 'data') return parts.length === 1 ? bytesOf(first) : Buffer.concat(parts.map((part) => bytesOf(part) as Buffer));
  return first.type === 'null' || first.type === 'string' || first.type === 'binary' ? bytesOf(first) : json(jsonOf(first));
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

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

/** Returns the sections before the first one that can't be read. */
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
