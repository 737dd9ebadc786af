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

/** One request's worth of messages as SEND_BATCH_MESSAGE carries them. */
export interface EncodedBatch {
  readonly body: Buffer;
  readonly count: number;
}

/** A message's keys and properties as RocketMQ stores them. */
export function propertiesText({ keys, properties }: OutgoingMessage): string {
  let text = keys.length === 0 ? '' : `KEYS${NAME_END}${keys.length === 1 ? keys[0] : keys.join(' ')}${VALUE_END}`;
  for (const [name, value] of properties) text += name + NAME_END + value + VALUE_END;
  return text;
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
  const texts: string[] = [];
  const lengths: number[] = [];
  let total = 0;
  for (let index = from; index < last; index += 1) {
    const message = messages[index] as OutgoingMessage;
    const text = propertiesText(message);
    const length = Buffer.byteLength(text);
    const size = encodedBytes(message, length);
    if (total + size > MAX_BATCH_BYTES && index > from) break;
    total += size;
    texts.push(text);
    lengths.push(length);
  }
  const body = Buffer.allocUnsafe(total);
  let position = 0;
  for (let index = 0; index < texts.length; index += 1) {
    const message = messages[from + index] as OutgoingMessage;
    position = writeMessage(body, position, message.body, texts[index] as string, lengths[index] as number);
  }
  return { body, count: texts.length };
}

function writeMessage(out: Buffer, start: number, body: Buffer, text: string, textBytes: number): number {
  const properties = start + HEAD_BYTES + body.length;
  const end = properties + 2 + textBytes;
  out.fill(0, start, start + HEAD_BYTES);
  out.writeInt32BE(end - start, start);
  out.writeInt32BE(body.length, start + HEAD_BYTES - 4);
  out.set(body, start + HEAD_BYTES);
  out.writeInt16BE(textBytes, properties);
  out.write(text, properties + 2, textBytes, textBytes === text.length ? 'latin1' : 'utf8');
  return end;
}
