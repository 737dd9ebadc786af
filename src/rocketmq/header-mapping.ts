import { isUtf8 } from 'node:buffer';
import type { Header } from '../api/index.ts';
import { asPropertyText } from './property-text.ts';
import { isReservedName } from './reserved-names.ts';

/** This property holds all headers that can't be properties of their own, exactly, in their order. */
export const HEADERS = 'connect-headers';
/** The names of this project's own properties begin so. */
const OWN_PREFIX = 'connect-';
/** Properties that carry a part of a record, or say why it is a dead letter. Other programs have names with the same prefix. */
const OWN_NAMES = /^connect-(timestamp|value|key|key-b64|headers|error-.+)$/;
/** RocketMQ may come to use any name that begins so. */
const ROCKETMQ_PREFIX = '__';

/** Printable ASCII without the space. */
const PLAIN_NAME = /^[!-~]+$/;

/** An entry is `[name, text]`, `[name, null]`, or `[name, base64, 1]` where the value is no UTF-8. */
export type HeaderEntry = readonly [name: string, value: string | null, base64?: 1];

/**
 * A header whose name is unique and whose value is text becomes a property of that name, by which consumers can filter.
 * The others (binary, empty or null values, repeated or reserved names) travel together in `connect-headers`.
 */
export function addHeaders(headers: readonly Header[], properties: Map<string, string>): void {
  if (headers.length === 0) return;
  const repeated = repeatedNames(headers);
  const others: HeaderEntry[] = [];
  for (const { name, value } of headers) {
    const text = value === null || repeated.has(name) || !isPlainName(name) ? undefined : asPropertyText(value);
    if (text === undefined) others.push(toEntry(name, value));
    else properties.set(name, text);
  }
  if (others.length > 0) properties.set(HEADERS, headersText(others));
}

/** Reads what `addHeaders` wrote, RocketMQ's own properties or not beside it. RocketMQ's clients do not keep the order of different names. */
export function readHeaders(properties: ReadonlyMap<string, string>): Header[] {
  const headers: Header[] = [];
  properties.forEach((value, name) => {
    if (isHeader(name)) headers.push({ name, value: Buffer.from(value) });
  });
  const others = properties.get(HEADERS);
  if (others !== undefined) headers.push(...(JSON.parse(others) as HeaderEntry[]).map(fromEntry));
  return headers;
}

/** Says whether a property of this name is a header. Others are RocketMQ's or this project's own. */
export const isHeader = (name: string): boolean => !(name.startsWith(OWN_PREFIX) ? OWN_NAMES.test(name) : isReservedName(name));

/**
 * Returns the value of `connect-headers`. No property may hold a control character. JSON escapes those of ASCII below the space, and leaves
 * DEL and U+0080 to U+009F.
 */
export const headersText = (entries: readonly HeaderEntry[]): string =>
  JSON.stringify(entries).replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const isPlainName = (name: string): boolean =>
  PLAIN_NAME.test(name) && !name.startsWith(OWN_PREFIX) && !name.startsWith(ROCKETMQ_PREFIX) && !isReservedName(name);

function repeatedNames(headers: readonly Header[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { name } of headers) {
    if (seen.has(name)) repeated.add(name);
    else seen.add(name);
  }
  return repeated;
}

function toEntry(name: string, value: Buffer | null): HeaderEntry {
  if (value === null) return [name, null];
  return isUtf8(value) ? [name, value.toString()] : [name, value.toString('base64'), 1];
}

function fromEntry([name, value, base64]: HeaderEntry): Header {
  return { name, value: value === null ? null : Buffer.from(value, base64 === 1 ? 'base64' : 'utf8') };
}
