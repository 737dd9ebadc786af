import { hostname } from 'node:os';
import type { SpecialTopic } from '../types.ts';
import { copy, fieldBytes, writeBytes, writeHead, writeNumber, writeText } from './proto-writer.ts';
import { IDENTITY, MESSAGE, MESSAGE_TYPES, RESOURCE, SYSTEM, TIME } from './wire-fields.ts';

const BORN_HOST = hostname();
const MS_PER_SECOND = 1_000;
const NANOS_PER_MS = 1_000_000;
/** Enough for a topic, a host and times. */
const SMALL_BYTES = 1_024;

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

/** Encodes a time, ms since 1970, as a field. */
export function timeOf(field: number, ms: number): Buffer {
  const seconds = Math.floor(ms / MS_PER_SECOND);
  const time = bytesOf((out) =>
    writeNumber(out, writeNumber(out, 0, TIME.seconds, seconds), TIME.nanos, (ms - seconds * MS_PER_SECOND) * NANOS_PER_MS),
  );
  return bytesOf((out) => writeBytes(out, 0, field, time));
}

function bytesOf(writeTo: (out: Buffer) => number): Buffer {
  const out = Buffer.alloc(SMALL_BYTES);
  return Buffer.from(out.subarray(0, writeTo(out)));
}
