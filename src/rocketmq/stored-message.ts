import { plainBody } from './stored-body.ts';

/** One message as a broker stores it. */
export interface StoredMessage {
  readonly queue: number;
  /** Its offset in the queue. */
  readonly offset: number;
  readonly body: Buffer;
  /** All properties, system ones such as KEYS included. */
  readonly properties: ReadonlyMap<string, string>;
  /** The body is as it was stored: compressed in an unknown way, or damaged. */
  readonly compressed?: true;
  /** A filter left it out of what was read: it has a place, and nothing else is known of it but `storedAt`, or 0 there. */
  readonly leftOut?: true;
  /** When the client made it, ms since 1970. */
  readonly bornAt: number;
  /** When the broker took it, ms since 1970. */
  readonly storedAt: number;
}

/** What becomes of a body that can't be decompressed. */
export type UnknownBodies = 'refused' | 'as stored';

const NAME_END = '\u0001';
const PROPERTY_END = '\u0002';
/** Later stores write this format with a two-byte topic length. */
const MAGIC_V2 = -626_843_477;
const BORN_HOST_V6 = 1 << 4;
const STORE_HOST_V6 = 1 << 5;
/** The body is a batch of messages with offsets of their own: topics of queue type BatchCQ. */
const INNER_BATCH = (1 << 6) | (1 << 7);
/** Before the body of a message in a batch: its length, magic number, checksum and flag, and the length of the body. */
const INNER_HEAD_BYTES = 20;

/**
 * Decodes the messages that the answer to one pull holds, in their order. Those of a batch that is stored as one may begin before the
 * offset that was asked for. Throws Error at a body that can't be decompressed or divided, or leaves it `as stored`.
 */
export function decodeMessages(bytes: Buffer, unknownBodies: UnknownBodies = 'refused'): StoredMessage[] {
  const messages: StoredMessage[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readInt32BE(at)) {
    const decoded = decode(bytes, at, unknownBodies);
    if (Array.isArray(decoded)) messages.push(...decoded);
    else messages.push(decoded as StoredMessage);
  }
  return messages;
}

/** Decodes what is stored as one message. RocketMQ's MessageDecoder has the layout. */
function decode(bytes: Buffer, at: number, unknownBodies: UnknownBodies): StoredMessage | StoredMessage[] {
  const sysFlag = bytes.readInt32BE(at + 36);
  const bornAt = readWhole(bytes, at + 40);
  const storedAtIndex = at + 48 + (sysFlag & BORN_HOST_V6 ? 20 : 8);
  const bodyLengthIndex = storedAtIndex + 8 + (sysFlag & STORE_HOST_V6 ? 20 : 8) + 4 + 8;
  const bodyEnd = bodyLengthIndex + 4 + bytes.readInt32BE(bodyLengthIndex);
  const topicLengthSize = bytes.readInt32BE(at + 4) === MAGIC_V2 ? 2 : 1;
  const propertiesIndex = bodyEnd + topicLengthSize + bytes.readUIntBE(bodyEnd, topicLengthSize);
  const body = bytes.subarray(bodyLengthIndex + 4, bodyEnd);
  const message = {
    queue: bytes.readInt32BE(at + 12),
    offset: readWhole(bytes, at + 20),
    body,
    properties: propertiesAt(bytes, propertiesIndex),
    bornAt,
    storedAt: readWhole(bytes, storedAtIndex),
  };
  try {
    message.body = plainBody(body, sysFlag);
    return (sysFlag & INNER_BATCH) === INNER_BATCH ? unwrap(message) : message;
  } catch (error) {
    if (unknownBodies === 'as stored') return [{ ...message, body: Buffer.from(body), compressed: true }];
    const reason = (error as Error).message;
    throw new Error(`message ${message.offset} of queue ${message.queue} can't be read: ${reason}`, { cause: error });
  }
}

/** Reads 8 bytes of a number that is neither negative nor beyond what a JavaScript number holds. */
const readWhole = (bytes: Buffer, at: number): number => bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);

/** Each message of a batch has a body and properties; place and times are the batch's. Throws Error where the lengths do not fit. */
function unwrap(batch: StoredMessage): StoredMessage[] {
  const messages: StoredMessage[] = [];
  const { body: bytes } = batch;
  for (let at = 0, end = 0; at < bytes.length; at = end) {
    end = at + bytes.readInt32BE(at);
    const bodyEnd = at + INNER_HEAD_BYTES + bytes.readInt32BE(at + INNER_HEAD_BYTES - 4);
    if (end > bytes.length || bodyEnd < at + INNER_HEAD_BYTES || bodyEnd + 2 > end) throw new Error('its batch of messages is damaged');
    const body = bytes.subarray(at + INNER_HEAD_BYTES, bodyEnd);
    messages.push({ ...batch, offset: batch.offset + messages.length, body, properties: propertiesAt(bytes, bodyEnd) });
  }
  return messages;
}

/** Reads properties as RocketMQ's own clients do: a property without a value is none. Their length comes first, in two bytes. */
function propertiesAt(bytes: Buffer, at: number): Map<string, string> {
  const found = new Map<string, string>();
  const text = bytes.toString('utf8', at + 2, at + 2 + bytes.readUInt16BE(at));
  let nameEnd = text.indexOf(NAME_END);
  for (let from = 0; nameEnd !== -1; ) {
    const next = text.indexOf(PROPERTY_END, from);
    const end = next === -1 ? text.length : next;
    if (nameEnd > from && nameEnd < end - 1) found.set(text.slice(from, nameEnd), text.slice(nameEnd + 1, end));
    if (nameEnd < end) nameEnd = text.indexOf(NAME_END, end);
    from = end + 1;
  }
  return found;
}
