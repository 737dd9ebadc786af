import { NAME_END, SharedProperties, VALUE_END } from './shared-properties.ts';
import { utf8Bytes, write } from './text-bytes.ts';
import type { MessageList, OutgoingMessage } from './types.ts';

/** RocketMQ's default for the body of one request (the broker's maxMessageSize). */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** More messages in a request bring no throughput. They cost memory and a longer wait for the answer. */
export const MAX_MESSAGES = 2_048;

/** The lengths, checksum and flag before a message's body, and the length before its properties. */
const OVERHEAD_BYTES = 22;
const HEAD_BYTES = 20;

const KEYS = `KEYS${NAME_END}`;
const TAGS = `TAGS${NAME_END}`;

/** One UTF-16 unit takes no more. */
const MAX_UTF8_BYTES = 3;
/** Later messages may be a little longer than the one that memory is asked for. */
const SPARE = 1.1;

const shared = new SharedProperties();

/** The messages of one request, as SEND_BATCH_MESSAGE carries them. */
export interface RequestBody {
  readonly body: Buffer;
  readonly count: number;
}

/** Returns how long a message is in a request, given the length of its properties. */
export const encodedBytes = (message: OutgoingMessage, propertiesBytes: number): number =>
  OVERHEAD_BYTES + message.body.length + propertiesBytes;

/**
 * Encodes the messages from index `from` on: as many as one request of `maxBytes` may carry, at least one, and none at or after `end`. It
 * ends before the first message that `mayBeSent` does not let pass. Each message is asked for once.
 * The layout of a message: total length, magic number, checksum, flag (4 bytes each, the last three 0), body length (4), body,
 * length of the properties (2), properties.
 */
export function encodeBody(
  messages: MessageList,
  from: number,
  end: number,
  mayBeSent: (message: OutgoingMessage) => boolean = () => true,
  maxBytes = MAX_BODY_BYTES,
): RequestBody {
  const last = Math.min(end, from + MAX_MESSAGES);
  let out: Buffer = Buffer.alloc(0);
  let used = 0;
  let next = from;
  for (; next < last; next += 1) {
    const message = messages.at(next) as OutgoingMessage;
    if (!mayBeSent(message)) break;
    if (used + encodedBytes(message, mostPropertiesBytes(message)) > out.length) {
      const size = encodedBytes(message, propertiesBytes(message));
      if (used + size > maxBytes && next > from) break;
      if (used + size > out.length) out = grown(out, used, size, last - next);
    }
    used = writeMessage(out, used, message);
  }
  return { body: out.subarray(0, used), count: next - from };
}

/** Returns memory for a message of `size` bytes and for `count` like it, up to the body of one request. */
function grown(full: Buffer, used: number, size: number, count: number): Buffer {
  const wanted = Math.min(used + Math.ceil(size * SPARE) * count, MAX_BODY_BYTES);
  const out = Buffer.allocUnsafeSlow(Math.max(used + size, wanted));
  full.copy(out, 0, 0, used);
  return out;
}

/** Returns the length of a message's keys and properties as RocketMQ stores them. */
export function propertiesBytes({ keys, properties, tag }: OutgoingMessage): number {
  let bytes = keys.length === 0 ? 0 : KEYS.length + keys.length;
  if (tag !== undefined) bytes += TAGS.length + utf8Bytes(tag) + 1;
  for (const key of keys) bytes += utf8Bytes(key);
  for (const [name, value] of properties) bytes += utf8Bytes(name) + utf8Bytes(value) + 2;
  return bytes;
}

/** Returns what that length is at most, without a look at the characters. */
export function mostPropertiesBytes({ keys, properties, tag }: OutgoingMessage): number {
  let characters = KEYS.length + keys.length + shared.characters(properties);
  if (tag !== undefined) characters += TAGS.length + tag.length + 1;
  for (const key of keys) characters += key.length;
  return characters * MAX_UTF8_BYTES;
}

function writeMessage(out: Buffer, start: number, { body, keys, properties, tag }: OutgoingMessage): number {
  const propertiesAt = start + HEAD_BYTES + body.length + 2;
  for (let index = start + 4; index < start + HEAD_BYTES - 4; index += 1) out[index] = 0;
  out.writeInt32BE(body.length, start + HEAD_BYTES - 4);
  out.set(body, start + HEAD_BYTES);
  let end = propertiesAt;
  for (let index = 0; index < keys.length; index += 1) {
    end = write(out, end, index === 0 ? KEYS : ' ');
    end = write(out, end, keys[index] as string);
  }
  if (keys.length > 0) end = write(out, end, VALUE_END);
  if (tag !== undefined) end = write(out, write(out, write(out, end, TAGS), tag), VALUE_END);
  end = shared.write(out, end, properties);
  out.writeInt16BE(end - propertiesAt, propertiesAt - 2);
  out.writeInt32BE(end - start, start);
  return end;
}
