import { inflateSync } from 'node:zlib';

/** One message as a broker stores it. */
export interface StoredMessage {
  readonly queue: number;
  /** Its offset in the queue. */
  readonly offset: number;
  readonly body: Buffer;
  /** All properties, system ones such as KEYS included. */
  readonly properties: ReadonlyMap<string, string>;
  /** The body is still compressed, in a way that this decoder does not read. */
  readonly compressed?: true;
  /** When the client made it, ms since 1970. */
  readonly bornAt: number;
  /** When the broker took it, ms since 1970. */
  readonly storedAt: number;
}

const NAME_END = '\u0001';
const PROPERTY_END = '\u0002';
/** Later stores write this format with a two-byte topic length. */
const MAGIC_V2 = -626_843_477;
const COMPRESSED = 1;
const COMPRESSION = 0x700;
const ZLIB = 0x300;
const BORN_HOST_V6 = 1 << 4;
const STORE_HOST_V6 = 1 << 5;

/**
 * Decodes the messages that the answer to one pull holds, in their order. A body that is compressed in another way than zlib
 * makes it throw, or stays `as stored`.
 */
export function decodeMessages(bytes: Buffer, unknownBodies: 'refused' | 'as stored' = 'refused'): StoredMessage[] {
  const messages: StoredMessage[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readInt32BE(at)) messages.push(decode(bytes, at, unknownBodies));
  return messages;
}

/** Decodes one message. RocketMQ's MessageDecoder has the layout. */
function decode(bytes: Buffer, at: number, unknownBodies: 'refused' | 'as stored'): StoredMessage {
  const sysFlag = bytes.readInt32BE(at + 36);
  const bornAt = Number(bytes.readBigInt64BE(at + 40));
  const storedAtIndex = at + 48 + (sysFlag & BORN_HOST_V6 ? 20 : 8);
  const bodyLengthIndex = storedAtIndex + 8 + (sysFlag & STORE_HOST_V6 ? 20 : 8) + 4 + 8;
  const bodyEnd = bodyLengthIndex + 4 + bytes.readInt32BE(bodyLengthIndex);
  const topicLengthSize = bytes.readInt32BE(at + 4) === MAGIC_V2 ? 2 : 1;
  const propertiesIndex = bodyEnd + topicLengthSize + bytes.readUIntBE(bodyEnd, topicLengthSize);
  const unknown = isUnknown(sysFlag);
  const stored = bytes.subarray(bodyLengthIndex + 4, bodyEnd);
  const propertiesEnd = propertiesIndex + 2 + bytes.readUInt16BE(propertiesIndex);
  return {
    queue: bytes.readInt32BE(at + 12),
    offset: Number(bytes.readBigInt64BE(at + 20)),
    body: unknown && unknownBodies === 'as stored' ? Buffer.from(stored) : decompress(stored, sysFlag),
    ...(unknown && { compressed: true as const }),
    properties: properties(bytes.toString('utf8', propertiesIndex + 2, propertiesEnd)),
    bornAt,
    storedAt: Number(bytes.readBigInt64BE(storedAtIndex)),
  };
}

const isUnknown = (sysFlag: number): boolean => (sysFlag & COMPRESSED) !== 0 && (sysFlag & COMPRESSION) !== ZLIB;

function decompress(body: Buffer, sysFlag: number): Buffer {
  if ((sysFlag & COMPRESSED) === 0) return body;
  if (isUnknown(sysFlag)) throw new Error(`a message is compressed in another way than zlib (flags ${sysFlag})`);
  return inflateSync(body);
}

/** Reads properties as RocketMQ's own clients do: a property without a value is none. */
function properties(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const pair of text.split(PROPERTY_END)) {
    const end = pair.indexOf(NAME_END);
    if (end > 0 && end < pair.length - 1) found.set(pair.slice(0, end), pair.slice(end + 1));
  }
  return found;
}
