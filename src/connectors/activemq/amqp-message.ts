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

const SECTIONS = {
  112: 'header',
  114: 'annotations',
  115: 'properties',
  116: 'applicationProperties',
  117: 'data',
  118: 'sequence',
  119: 'value',
  120: 'footer',
} as const;

/** Throws RangeError for what is no AMQP message. Delivery annotations, which are for one hop only, are left out. */
export function readMessage(bytes: Buffer): AmqpMessage {
  const reader = new AmqpReader(bytes);
  const lists = { header: [] as readonly AmqpValue[], properties: [] as readonly AmqpValue[] };
  const maps = { annotations: [] as Entries, applicationProperties: [] as Entries, footer: [] as Entries };
  let kind: AmqpMessage['body']['kind'] = 'value';
  const parts: AmqpValue[] = [];
  while (!reader.done) {
    const section = reader.read();
    if (section.type !== 'described') throw new RangeError('a section without a descriptor');
    const [descriptor, content] = section.value;
    const name = SECTIONS[Number(descriptor.value) as keyof typeof SECTIONS];
    if (name === 'data' || name === 'sequence' || name === 'value') {
      kind = name;
      parts.push(content);
    } else if ((name === 'header' || name === 'properties') && content.type === 'list') lists[name] = content.value;
    else if (name !== undefined && name in maps && content.type === 'map') maps[name as keyof typeof maps] = content.value;
  }
  return { ...lists, ...maps, body: { kind, parts } };
}

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
