import type { OutgoingMessage } from './types.ts';

/** RocketMQ's default for the body of one request (the broker's maxMessageSize), and so for a batch. */
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;
/** More messages a request gain no throughput, only memory and a longer wait for its answer. */
const MAX_BATCH_MESSAGES = 2_048;

/** Lengths, checksum and flag that precede a message's body, and the length that precedes its properties. */
const OVERHEAD_BYTES = 22;
const HEAD_BYTES = 20;

const NAME_END = '\u0001';
const VALUE_END = '\u0002';
const KEYS = `KEYS${NAME_END}`;

/** One request's worth of messages as SEND_BATCH_MESSAGE carries them. */
export interface EncodedBatch {
  readonly body: Buffer;
  readonly count: number;
}

/** What a message takes of a batch, given the length of its properties. */
export const encodedBytes = (message: OutgoingMessage, propertiesBytes: number): number =>
  OVERHEAD_BYTES + message.body.length + propertiesBytes;

/**
 * Encodes the messages from index `from` on: as many as one request may carry, at least one, none at or after `end`.
 * A message: total length, magic number, checksum, flag (4 bytes each, the last three 0), body length (4), body,
 * length of the properties (2), properties.
 */
export function encodeBatch(messages: readonly OutgoingMessage[], from: number, end: number): EncodedBatch {
  const last = Math.min(end, from + MAX_BATCH_MESSAGES);
  let total = 0;
  let next = from;
  for (; next < last; next += 1) {
    const message = messages[next] as OutgoingMessage;
    const size = encodedBytes(message, propertiesBytes(message));
    if (total + size > MAX_BATCH_BYTES && next > from) break;
    total += size;
  }
  const body = Buffer.allocUnsafe(total);
  let position = 0;
  for (let index = from; index < next; index += 1) position = writeMessage(body, position, messages[index] as OutgoingMessage);
  return { body, count: next - from };
}

/** Length of a message's keys and properties as RocketMQ stores them. */
export function propertiesBytes({ keys, properties }: OutgoingMessage): number {
  let bytes = keys.length === 0 ? 0 : KEYS.length + keys.length;
  for (const key of keys) bytes += utf8Bytes(key);
  for (const [name, value] of properties) bytes += utf8Bytes(name) + utf8Bytes(value) + 2;
  return bytes;
}

function writeMessage(out: Buffer, start: number, { body, keys, properties }: OutgoingMessage): number {
  const propertiesAt = start + HEAD_BYTES + body.length + 2;
  out.fill(0, start, start + HEAD_BYTES);
  out.writeInt32BE(body.length, start + HEAD_BYTES - 4);
  out.set(body, start + HEAD_BYTES);
  let end = propertiesAt;
  for (let index = 0; index < keys.length; index += 1) {
    end = write(out, end, index === 0 ? KEYS : ' ');
    end = write(out, end, keys[index] as string);
  }
  if (keys.length > 0) end = write(out, end, VALUE_END);
  for (const [name, value] of properties) {
    end = write(out, end, name);
    end = write(out, end, NAME_END);
    end = write(out, end, value);
    end = write(out, end, VALUE_END);
  }
  out.writeInt16BE(end - propertiesAt, propertiesAt - 2);
  out.writeInt32BE(end - start, start);
  return end;
}

function utf8Bytes(text: string): number {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return Buffer.byteLength(text);
  return text.length;
}

/** Returns the end. Character by character: texts put together first are garbage, and a native call takes longer for a short one. */
function write(out: Buffer, at: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return at + out.write(text, at);
    out[at + index] = code;
  }
  return at + text.length;
}
