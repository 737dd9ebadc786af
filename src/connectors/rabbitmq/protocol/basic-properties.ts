import { isUtf8 } from 'node:buffer';
import type { TypedHeader } from '../../../kit/index.ts';
import { ByteReader } from './byte-reader.ts';

/** What a message has besides its body. */
export interface BasicProperties {
  /** Properties that are there, by their names in AMQP: `content-type`. Numbers as text. */
  readonly properties: ReadonlyMap<string, Buffer>;
  /** The user's own headers, and those that the server adds, such as x-death. */
  readonly headers: readonly TypedHeader[];
}

export type PropertyKind = 'text' | 'octet' | 'seconds' | 'headers';

type Property = readonly [name: string, kind: PropertyKind];

/** In their order on the wire, each with a flag of its own, beginning with the highest bit. */
export const PROPERTIES: readonly Property[] = [
  ['content-type', 'text'],
  ['content-encoding', 'text'],
  ['headers', 'headers'],
  ['delivery-mode', 'octet'],
  ['priority', 'octet'],
  ['correlation-id', 'text'],
  ['reply-to', 'text'],
  ['expiration', 'text'],
  ['message-id', 'text'],
  ['timestamp', 'seconds'],
  ['type', 'text'],
  ['user-id', 'text'],
  ['app-id', 'text'],
  ['cluster-id', 'text'],
];

const READERS: Readonly<Record<Exclude<PropertyKind, 'headers'>, (bytes: ByteReader) => Buffer>> = {
  text: (bytes) => bytes.take(bytes.uint8()),
  octet: (bytes) => Buffer.from(String(bytes.uint8())),
  // Before 1970 they are negative, as in tables.
  seconds: (bytes) => Buffer.from(String(bytes.int64())),
};
export const HIGHEST_FLAG = 15;

let lastRaw: Buffer = Buffer.alloc(0);
let lastRead: BasicProperties | undefined;

/**
 * Decodes flags and values as they come in a content header. Exact: the client's own decoder drops types and rounds numbers. Messages that
 * come one after the other often have the same ones, and share them.
 */
export function readBasicProperties(raw: Buffer): BasicProperties {
  if (lastRead !== undefined && raw.equals(lastRaw)) return lastRead;
  const read = decode(raw);
  lastRaw = raw;
  lastRead = read;
  return read;
}

function decode(raw: Buffer): BasicProperties {
  const bytes = new ByteReader(raw);
  const flags = bytes.uint16();
  const properties = new Map<string, Buffer>();
  let headers: TypedHeader[] = [];
  for (let index = 0; index < PROPERTIES.length; index += 1) {
    if ((flags & (1 << (HIGHEST_FLAG - index))) === 0) continue;
    const [name, kind] = PROPERTIES[index] as Property;
    if (kind === 'headers') headers = readTable(bytes.part(bytes.uint32()));
    else properties.set(name, READERS[kind](bytes));
  }
  return { properties, headers };
}

/** A value inside a table or array, as JSON: plain where that says all, else with its type: `{"!":"int64","value":"42"}`. */
type Nested = string | number | boolean | null | Nested[] | { [name: string]: Nested };

interface Scalar {
  readonly type: string;
  /** The value's one usual text form. */
  readonly read: (bytes: ByteReader) => string;
}

/**
 * Types that have a text form, by the tag that they have on the wire (RabbitMQ's own errata to AMQP 0-9-1). The digits of decimals and the
 * seconds of times have a sign, as all clients write them.
 */
const SCALARS: Readonly<Record<string, Scalar>> = {
  t: { type: 'boolean', read: (bytes) => String(bytes.uint8() !== 0) },
  b: { type: 'int8', read: (bytes) => String(bytes.int8()) },
  B: { type: 'uint8', read: (bytes) => String(bytes.uint8()) },
  s: { type: 'int16', read: (bytes) => String(bytes.int16()) },
  u: { type: 'uint16', read: (bytes) => String(bytes.uint16()) },
  I: { type: 'int32', read: (bytes) => String(bytes.int32()) },
  i: { type: 'uint32', read: (bytes) => String(bytes.uint32()) },
  l: { type: 'int64', read: (bytes) => String(bytes.int64()) },
  f: { type: 'float', read: (bytes) => numberText(bytes.float()) },
  d: { type: 'double', read: (bytes) => numberText(bytes.double()) },
  D: { type: 'decimal', read: (bytes) => decimalText(bytes.uint8(), bytes.int32()) },
  T: { type: 'timestamp', read: (bytes) => String(bytes.int64()) },
};

/** The fields of a table, in their order; a name may come more than once. */
function readTable(bytes: ByteReader): TypedHeader[] {
  const fields: TypedHeader[] = [];
  while (bytes.left > 0) {
    const name = readName(bytes);
    fields.push({ name, ...readField(bytes) });
  }
  return fields;
}

/** One that is no text in hexadecimal, `binary:ff00`: as text, two of them could be the same. */
function readName(bytes: ByteReader): string {
  const name = bytes.take(bytes.uint8());
  return isUtf8(name) ? name.toString() : `binary:${name.toString('hex')}`;
}

function readField(bytes: ByteReader): Omit<TypedHeader, 'name'> {
  const tag = bytes.tag();
  const scalar = SCALARS[tag];
  if (scalar !== undefined) return { value: Buffer.from(scalar.read(bytes)), type: scalar.type };
  switch (tag) {
    case 'V':
      return { value: null };
    case 'S':
      return { value: bytes.take(bytes.uint32()) };
    case 'x':
      return { value: bytes.take(bytes.uint32()), type: 'bytes' };
    case 'A':
      return { value: json(readArray(bytes.part(bytes.uint32()))), type: 'array' };
    case 'F':
      return { value: json(readNestedTable(bytes.part(bytes.uint32()))), type: 'table' };
    default:
      throw new Error(`a header has the unknown type ${JSON.stringify(tag)}`);
  }
}

function readNested(bytes: ByteReader): Nested {
  const tag = bytes.tag();
  const scalar = SCALARS[tag];
  if (scalar?.type === 'boolean') return bytes.uint8() !== 0;
  if (scalar?.type === 'int32') return bytes.int32();
  if (scalar !== undefined) return typed(scalar.type, scalar.read(bytes));
  switch (tag) {
    case 'V':
      return null;
    case 'S':
    case 'x':
      return nestedText(bytes.take(bytes.uint32()), tag);
    case 'A':
      return readArray(bytes.part(bytes.uint32()));
    case 'F':
      return readNestedTable(bytes.part(bytes.uint32()));
    default:
      throw new Error(`a header has the unknown type ${JSON.stringify(tag)}`);
  }
}

function readArray(bytes: ByteReader): Nested[] {
  const values: Nested[] = [];
  while (bytes.left > 0) values.push(readNested(bytes));
  return values;
}

/** A table whose names repeat, or that looks like a value with its type, is an array of pairs. */
function readNestedTable(bytes: ByteReader): Nested {
  const pairs: Array<[string, Nested]> = [];
  while (bytes.left > 0) pairs.push([readName(bytes), readNested(bytes)]);
  const names = new Set(pairs.map(([name]) => name));
  return names.size < pairs.length || names.has('!') ? typed('table', pairs) : Object.fromEntries(pairs);
}

function nestedText(content: Buffer, tag: 'S' | 'x'): Nested {
  if (tag === 'S' && isUtf8(content)) return content.toString();
  return typed(tag === 'S' ? 'string' : 'bytes', content.toString('base64'));
}

const typed = (type: string, value: Nested): Nested => ({ '!': type, value });

const json = (value: Nested): Buffer => Buffer.from(JSON.stringify(value));

const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/** As many digits behind the point as the decimal has: `1.50`. */
function decimalText(places: number, digits: number): string {
  const sign = digits < 0 ? '-' : '';
  const text = String(Math.abs(digits)).padStart(places + 1, '0');
  return sign + (places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`);
}
