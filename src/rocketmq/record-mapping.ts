import type { ConnectRecord, Header, SourceRecord } from '../api/index.ts';
import { deterministicKey, isDeterministicKey } from './deterministic-key.ts';
import { addHeaders, readHeaders } from './header-mapping.ts';
import { asPropertyText, isKeyText } from './property-text.ts';
import { isReservedName } from './reserved-names.ts';
import type { OutgoingMessage } from './types.ts';

/** When the record came into being, ms since 1970, or UNKNOWN. Every message of a source has it. */
const TIMESTAMP = 'connect-timestamp';
const UNKNOWN = '-';
/** What a body of one byte stands for, `null` or `empty`: RocketMQ refuses empty bodies. */
const VALUE = 'connect-value';
/** The record's key, where it is text with spaces. */
const KEY = 'connect-key';
/** The record's key, where it is no text: base64, or EMPTY. */
const KEY_BASE64 = 'connect-key-b64';
/** It stands for an empty key: a property can't be empty. */
const EMPTY = '=';

const NO_BODY = Buffer.from([0]);

/** What is read from a message, whichever client received it. RocketMQ's own `properties` may be among them, and tell nothing. */
export interface ReceivedContent {
  readonly body: Buffer;
  readonly keys: readonly string[];
  readonly properties: ReadonlyMap<string, string>;
}

/** Parts keys and properties, which a broker stores in one. */
export function contentOf(body: Buffer, stored: ReadonlyMap<string, string>): ReceivedContent {
  const properties = new Map<string, string>();
  stored.forEach((value, name) => {
    if (!isReservedName(name)) properties.set(name, value);
  });
  return { body, keys: keysOf(stored), properties };
}

/** The keys that a broker stores among the properties. */
export const keysOf = (stored: ReadonlyMap<string, string>): string[] => stored.get('KEYS')?.split(' ') ?? [];

/** A record that came through RocketMQ. */
export interface MappedRecord extends ConnectRecord {
  /** The deterministic key, on messages that a source wrote. */
  readonly sourceKey?: string;
}

/**
 * Makes the message of a record, of which `messageToRecord` reads the same bytes again. Body: the value. Keys: the deterministic key, then
 * the record's own key where it is text without spaces. Tag: the record's. Properties: headers (see `addHeaders`), timestamp, and what of
 * key and value doesn't fit there.
 */
export function recordToMessage(connector: string, record: SourceRecord): OutgoingMessage {
  const { key, value, headers, timestamp, tag } = record;
  const text = key === null ? undefined : asPropertyText(key);
  const isKey = text !== undefined && isKeyText(text);
  const sourceKey = deterministicKey(connector, record.partition, record.id);
  const keys = isKey ? [sourceKey, text] : [sourceKey];
  const hasBody = value !== null && value.length > 0;
  const tagged = tag === undefined ? undefined : { tag };
  if (hasBody && (key === null || isKey)) return { body: value, keys, properties: timeAndHeaders(timestamp, headers), ...tagged };
  const properties = new Map(onlyTime(timestamp));
  if (key !== null && !isKey) addKey(key, text, properties);
  addHeaders(headers, properties);
  if (hasBody) return { body: value, keys, properties, ...tagged };
  properties.set(VALUE, value === null ? 'null' : 'empty');
  return { body: NO_BODY, keys, properties, ...tagged };
}

let lastTime: number | bigint | undefined;
let lastProperties: ReadonlyMap<string, string> = new Map([[TIMESTAMP, UNKNOWN]]);

/** Returns properties with nothing but the time. Records that come one after the other often have one time, and share them. */
function onlyTime(timestamp: number | bigint | undefined): ReadonlyMap<string, string> {
  if (timestamp === lastTime) return lastProperties;
  lastTime = timestamp;
  lastProperties = new Map([[TIMESTAMP, timestamp === undefined ? UNKNOWN : String(timestamp)]]);
  return lastProperties;
}

let last:
  | { readonly time: ReadonlyMap<string, string>; readonly headers: readonly Header[]; readonly both: ReadonlyMap<string, string> }
  | undefined;

/** Returns properties with the time and the headers. Records that share their headers and have one time share them, too. */
function timeAndHeaders(timestamp: number | bigint | undefined, headers: readonly Header[]): ReadonlyMap<string, string> {
  const time = onlyTime(timestamp);
  if (headers.length === 0) return time;
  if (last?.time === time && last.headers === headers) return last.both;
  const both = new Map(time);
  addHeaders(headers, both);
  last = { time, headers, both };
  return both;
}

/** Adds a key that is no text, or has spaces. */
function addKey(key: Buffer, text: string | undefined, properties: Map<string, string>): void {
  if (text === undefined) properties.set(KEY_BASE64, key.length === 0 ? EMPTY : key.toString('base64'));
  else properties.set(KEY, text);
}

/**
 * Reads what `recordToMessage` wrote. Where no source wrote the message, its keys are the record's key and its body is the value: another
 * producer may copy the property with the time, and its keys and bodies stay its own.
 */
export function messageToRecord(message: ReceivedContent): MappedRecord {
  const { keys, properties } = message;
  const headers = readHeaders(properties);
  const timestamp = properties.get(TIMESTAMP);
  const sourceKey = timestamp !== undefined && isDeterministicKey(keys[0]) ? keys[0] : undefined;
  const record: { -readonly [name in keyof MappedRecord]: MappedRecord[name] } =
    sourceKey === undefined
      ? { key: textKey(keys.join(' ')), value: message.body, headers }
      : { key: readKey(keys[1], properties), value: readValue(message), headers, sourceKey };
  if (timestamp !== undefined && timestamp !== UNKNOWN) record.timestamp = readTime(timestamp);
  return record;
}

function readTime(text: string): number | bigint {
  const time = Number(text);
  if (Number.isSafeInteger(time)) return time;
  if (Number.isNaN(time)) throw new Error(`${TIMESTAMP} is ${JSON.stringify(text.slice(0, 40))}, and no number`);
  return /^-?\d+$/.test(text) ? BigInt(text) : time;
}

const textKey = (text: string | undefined): Buffer | null => (text === undefined || text === '' ? null : Buffer.from(text));

function readKey(ownKey: string | undefined, properties: ReadonlyMap<string, string>): Buffer | null {
  const base64 = properties.get(KEY_BASE64);
  if (base64 !== undefined) return Buffer.from(base64 === EMPTY ? '' : base64, 'base64');
  return textKey(ownKey ?? properties.get(KEY));
}

function readValue({ body, properties }: ReceivedContent): Buffer | null {
  const marked = properties.get(VALUE);
  if (marked === undefined) return body;
  return marked === 'null' ? null : Buffer.alloc(0);
}
