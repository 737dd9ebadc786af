import type { ConsumeMessage, GetMessage } from 'amqplib';
import type { InnerConnection } from './amqplib-internals.ts';
import { ByteReader } from './byte-reader.ts';

/** A message as it came, its properties not yet decoded. */
export interface Delivery {
  readonly body: Buffer;
  /** Flags and values of the content header. */
  readonly rawProperties: Buffer;
  readonly exchange: Buffer;
  readonly routingKey: Buffer;
  readonly redelivered: boolean;
}

/** Where a frame's fields keep what came as it came. */
export const RAW = Symbol('raw');

interface Fields {
  /** Of a content header, flags and properties; of a delivery, its arguments, where the client could not decode them. */
  [RAW]?: Buffer;
  readonly exchange?: unknown;
  readonly routingKey?: unknown;
}

/** Of heartbeats, and of the server's own words about the connection. */
const CONNECTION_CHANNEL = 0;
const HEARTBEAT_BYTES = 8;
const FRAME_HEADER_BYTES = 7;
const CONTENT_HEADER = 2;
/** Class, weight and body size come before flags and values. */
const PROPERTIES_AT = 12;
const METHOD_BYTES = 4;
const DELIVERY_TAG_BYTES = 8;
const REDELIVERED_BYTES = 1;
/** What the client puts in the place of bytes that are no text. */
const REPLACEMENT = '\uFFFD';
/** Shorter than any heartbeat's half. */
const SHOW_LIFE_MS = 250;

/**
 * What a connection receives: keeps each message's properties as they came, which the client would round and strip of their
 * types, and stops reading while there is no room, however much the server sends.
 */
export class Intake {
  readonly #wire: InnerConnection;
  #paused: NodeJS.Timeout | undefined;
  #signsOfLife = 0;

  constructor(wire: InnerConnection) {
    this.#wire = wire;
    const receive = wire.recvFrame.bind(wire);
    wire.recvFrame = () => {
      if (this.#paused !== undefined) return false;
      const next = wire.rest;
      const raw = contentHeader(next);
      const frame = receive();
      if (frame === false) return frame;
      if (frame.channel === CONNECTION_CHANNEL) this.#signsOfLife += 1;
      const fields: Fields | undefined = frame.fields;
      if (fields === undefined) return frame;
      if (raw !== undefined) fields[RAW] = raw;
      else if (isDamaged(fields)) fields[RAW] = methodArguments(next);
      return frame;
    };
  }

  /** Bytes of messages and answers that came so far, about. Signs of life alone don't count. */
  get receivedBytes(): number {
    return this.#wire.stream.bytesRead - this.#signsOfLife * HEARTBEAT_BYTES;
  }

  /** Answers of the server wait, too. */
  get paused(): boolean {
    return this.#paused !== undefined;
  }

  /** Leaves what comes in the network's buffers, so that the server has to wait. */
  pause(): void {
    // A peer that is not listened to is not dead.
    this.#paused ??= setInterval(() => {
      this.#wire.recvSinceLastCheck = true;
    }, SHOW_LIFE_MS);
  }

  resume(): void {
    if (this.#paused === undefined) return;
    clearInterval(this.#paused);
    this.#paused = undefined;
    this.#wire.stream.emit('readable');
  }
}

export function toDelivery({ content, fields, properties }: ConsumeMessage | GetMessage): Delivery {
  const raw = (fields as Fields)[RAW];
  const { exchange, routingKey } = raw === undefined ? namesOf(fields) : readNames(raw, 'consumerTag' in fields);
  const rawProperties = (properties as { [RAW]?: Buffer })[RAW] as Buffer;
  return { body: content, rawProperties, redelivered: fields.redelivered, exchange, routingKey };
}

type Names = Pick<Delivery, 'exchange' | 'routingKey'>;

let lastTexts = { exchange: '', routingKey: '' };
let lastNames: Names = { exchange: Buffer.alloc(0), routingKey: Buffer.alloc(0) };

/** Messages that come one after the other mostly have the same names, and share their bytes. */
function namesOf({ exchange, routingKey }: { readonly exchange: string; readonly routingKey: string }): Names {
  if (exchange === lastTexts.exchange && routingKey === lastTexts.routingKey) return lastNames;
  lastTexts = { exchange, routingKey };
  lastNames = { exchange: Buffer.from(exchange), routingKey: Buffer.from(routingKey) };
  return lastNames;
}

/** Names are any bytes; the client makes one character of all that is no text. */
const isDamaged = ({ exchange, routingKey }: Fields): boolean =>
  (typeof exchange === 'string' && exchange.includes(REPLACEMENT)) || (typeof routingKey === 'string' && routingKey.includes(REPLACEMENT));

/** Of the whole frame that comes next; class and method come before. */
const methodArguments = (bytes: Buffer): Buffer =>
  bytes.subarray(FRAME_HEADER_BYTES + METHOD_BYTES, FRAME_HEADER_BYTES + bytes.readUInt32BE(3));

/** Deliveries begin with their consumer's tag, answers to a request for a message do not. */
function readNames(raw: Buffer, hasTag: boolean): Names {
  const bytes = new ByteReader(raw);
  if (hasTag) bytes.take(bytes.uint8());
  bytes.take(DELIVERY_TAG_BYTES + REDELIVERED_BYTES);
  return { exchange: bytes.take(bytes.uint8()), routingKey: bytes.take(bytes.uint8()) };
}

/** Flags and values of the properties, where a whole frame with them comes next. */
function contentHeader(bytes: Buffer): Buffer | undefined {
  if (bytes.length < FRAME_HEADER_BYTES || bytes[0] !== CONTENT_HEADER) return undefined;
  const end = FRAME_HEADER_BYTES + bytes.readUInt32BE(3);
  return bytes.length > end ? bytes.subarray(FRAME_HEADER_BYTES + PROPERTIES_AT, end) : undefined;
}
