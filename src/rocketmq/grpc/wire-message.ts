import { hostname } from 'node:os';
import type { OutgoingMessage, SpecialTopic } from '../types.ts';
import { nextMessageId } from './message-ids.ts';
import { fieldBytes, writeBytes, writeHead, writeNumber, writeText } from './proto-writer.ts';

/** The numbers of fields and values in RocketMQ's definition.proto and service.proto. */
export const SEND_REQUEST = { messages: 1 } as const;
const MESSAGE = { topic: 1, userProperties: 2, systemProperties: 3, body: 4 } as const;
const RESOURCE = { name: 2 } as const;
const ENTRY = { key: 1, value: 2 } as const;
const SYSTEM = {
  tag: 1,
  keys: 2,
  messageId: 3,
  bodyEncoding: 5,
  messageType: 6,
  bornAt: 7,
  bornHost: 8,
  deliverAt: 11,
  group: 17,
} as const;
const TIME = { seconds: 1, nanos: 2 } as const;
const IDENTITY = 1;
const MESSAGE_TYPES: Readonly<Record<SpecialTopic | 'NORMAL', number>> = { NORMAL: 1, FIFO: 2, DELAY: 3 };

const BORN_HOST = hostname();
const MS_PER_SECOND = 1_000;
const NANOS_PER_MS = 1_000_000;
/** The fields that all messages of a request share, encoded. */
export interface Alike {
  readonly topicField: Buffer;
  readonly system: Buffer;
  /** A proxy refuses a group or a time of delivery in topics of other types. */
  readonly type: SpecialTopic | undefined;
}

/** What of a message is encoded before the others are, and how many bytes the fields take. */
export interface Sizes {
  readonly properties: Buffer;
  readonly tag: number;
  readonly group: number;
  readonly deliverAt: Buffer;
  readonly system: number;
  readonly message: number;
}

const NOTHING = Buffer.alloc(0);

export function sizesOf(message: OutgoingMessage, { topicField, system: common, type }: Alike): Sizes {
  const { body, keys, properties, tag } = message;
  const group = type === 'FIFO' ? message.group : undefined;
  const time = type === 'DELAY' ? message.deliverAt : undefined;
  const encoded = propertiesOf(properties);
  const deliverAt = time === undefined ? NOTHING : timeOf(SYSTEM.deliverAt, time);
  const tagBytes = tag === undefined ? 0 : Buffer.byteLength(tag);
  const groupBytes = group === undefined ? 0 : Buffer.byteLength(group);
  let system = common.length + ID_FIELD_BYTES + deliverAt.length;
  if (tag !== undefined) system += fieldBytes(SYSTEM.tag, tagBytes);
  for (const key of keys) system += fieldBytes(SYSTEM.keys, Buffer.byteLength(key));
  if (group !== undefined) system += fieldBytes(SYSTEM.group, groupBytes);
  const total = topicField.length + encoded.length + fieldBytes(MESSAGE.systemProperties, system) + fieldBytes(MESSAGE.body, body.length);
  return { properties: encoded, deliverAt, tag: tagBytes, group: groupBytes, system, message: total };
}

const ID_BYTES = 34;
const ID_FIELD_BYTES = fieldBytes(SYSTEM.messageId, ID_BYTES);

/** Writes a message as `sizesOf` counted it. Returns where it ends. */
export function writeMessage(out: Buffer, at: number, message: OutgoingMessage, sizes: Sizes, { topicField, system }: Alike): number {
  const { body, keys, tag, group } = message;
  let end = writeHead(out, at, SEND_REQUEST.messages, sizes.message);
  end = copy(out, end, topicField);
  end = copy(out, end, sizes.properties);
  end = writeHead(out, end, MESSAGE.systemProperties, sizes.system);
  if (tag !== undefined) end = writeText(out, end, SYSTEM.tag, tag, sizes.tag);
  for (const key of keys) end = writeText(out, end, SYSTEM.keys, key, Buffer.byteLength(key));
  end = writeText(out, end, SYSTEM.messageId, nextMessageId(), ID_BYTES);
  end = copy(out, end, system);
  end = copy(out, end, sizes.deliverAt);
  if (group !== undefined && sizes.group > 0) end = writeText(out, end, SYSTEM.group, group, sizes.group);
  return writeBytes(out, end, MESSAGE.body, body);
}

function copy(out: Buffer, at: number, bytes: Buffer): number {
  out.set(bytes, at);
  return at + bytes.length;
}

/** Encodes the topic, which has its namespace. */
export const topicFieldOf = (topic: string): Buffer =>
  bytesOf((out) => {
    const length = Buffer.byteLength(topic);
    return writeText(out, writeHead(out, 0, MESSAGE.topic, fieldBytes(RESOURCE.name, length)), RESOURCE.name, topic, length);
  });

/** Encodes what is the same in the system properties of all messages that are made now. */
export function systemOf(type: SpecialTopic | undefined): Buffer {
  const bornAt = timeOf(SYSTEM.bornAt, Date.now());
  return bytesOf((out) => {
    let end = writeNumber(out, 0, SYSTEM.bodyEncoding, IDENTITY);
    end = writeNumber(out, end, SYSTEM.messageType, MESSAGE_TYPES[type ?? 'NORMAL']);
    end = copy(out, end, bornAt);
    return writeText(out, end, SYSTEM.bornHost, BORN_HOST, Buffer.byteLength(BORN_HOST));
  });
}

function timeOf(field: number, ms: number): Buffer {
  const seconds = Math.floor(ms / MS_PER_SECOND);
  const time = bytesOf((out) =>
    writeNumber(out, writeNumber(out, 0, TIME.seconds, seconds), TIME.nanos, (ms - seconds * MS_PER_SECOND) * NANOS_PER_MS),
  );
  return bytesOf((out) => writeBytes(out, 0, field, time));
}

let last: OutgoingMessage['properties'] | undefined;
let lastEncoded: Buffer = NOTHING;

/** Encodes the properties. Messages that come one after the other often share them. */
function propertiesOf(properties: OutgoingMessage['properties']): Buffer {
  if (properties === last) return lastEncoded;
  let size = 0;
  for (const [name, value] of properties) size += fieldBytes(MESSAGE.userProperties, entryBytes(name, value));
  const out = Buffer.allocUnsafe(size);
  let end = 0;
  for (const [name, value] of properties) {
    end = writeHead(out, end, MESSAGE.userProperties, entryBytes(name, value));
    end = writeText(out, end, ENTRY.key, name, Buffer.byteLength(name));
    end = writeText(out, end, ENTRY.value, value, Buffer.byteLength(value));
  }
  last = properties;
  lastEncoded = out;
  return out;
}

const entryBytes = (name: string, value: string): number =>
  fieldBytes(ENTRY.key, Buffer.byteLength(name)) + fieldBytes(ENTRY.value, Buffer.byteLength(value));

/** Enough for a topic, a host and times. */
const SMALL_BYTES = 1_024;

function bytesOf(writeTo: (out: Buffer) => number): Buffer {
  const out = Buffer.alloc(SMALL_BYTES);
  return Buffer.from(out.subarray(0, writeTo(out)));
}
