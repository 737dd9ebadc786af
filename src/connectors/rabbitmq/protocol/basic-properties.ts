import type { TypedHeader } from '../../../kit/index.ts';
import { ByteReader } from './byte-reader.ts';
import { readTable } from './field-table.ts';

/** What a message has besides its body. */
export interface BasicProperties {
  /** Properties that are there, by their names in AMQP: `content-type`. Numbers as text. */
  readonly properties: ReadonlyMap<string, Buffer>;
  /** The user's own headers, and those that the server adds, such as x-death. */
  readonly headers: readonly TypedHeader[];
}

const shortText = (bytes: ByteReader): Buffer => bytes.take(bytes.uint8());
const octet = (bytes: ByteReader): Buffer => Buffer.from(String(bytes.uint8()));
/** Before 1970 they are negative, as in tables. */
const seconds = (bytes: ByteReader): Buffer => Buffer.from(String(bytes.int64()));

/** In their order on the wire, each with a flag of its own, beginning with the highest bit. */
const LAYOUT: ReadonlyArray<readonly [name: string, read: ((bytes: ByteReader) => Buffer) | 'headers']> = [
  ['content-type', shortText],
  ['content-encoding', shortText],
  ['headers', 'headers'],
  ['delivery-mode', octet],
  ['priority', octet],
  ['correlation-id', shortText],
  ['reply-to', shortText],
  ['expiration', shortText],
  ['message-id', shortText],
  ['timestamp', seconds],
  ['type', shortText],
  ['user-id', shortText],
  ['app-id', shortText],
  ['cluster-id', shortText],
];
const HIGHEST_FLAG = 15;

/** Decodes flags and values as they come in a content header. Exact: the client's own decoder drops types and rounds numbers. */
export function readBasicProperties(raw: Buffer): BasicProperties {
  const bytes = new ByteReader(raw);
  const flags = bytes.uint16();
  const properties = new Map<string, Buffer>();
  let headers: TypedHeader[] = [];
  for (const [index, [name, read]] of LAYOUT.entries()) {
    if ((flags & (1 << (HIGHEST_FLAG - index))) === 0) continue;
    if (read === 'headers') headers = readTable(bytes.part(bytes.uint32()));
    else properties.set(name, read(bytes));
  }
  return { properties, headers };
}
