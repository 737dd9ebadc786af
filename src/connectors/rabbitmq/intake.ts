import type { Duplex } from 'node:stream';
import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { ConnectError } from '../../api/index.ts';

/** A message as it came, its properties not yet decoded. */
export interface Delivery {
  readonly body: Buffer;
  /** Flags and values of the content header. */
  readonly rawProperties: Buffer;
  readonly exchange: string;
  readonly routingKey: string;
  readonly redelivered: boolean;
}

/** The inner part of the client's connection that is needed here, as of amqplib 2.3. */
interface Wire {
  /** Received and not yet decoded. */
  readonly rest: Buffer;
  readonly stream: Duplex;
  recvSinceLastCheck: boolean;
  /** The next frame, false where it is not yet there as a whole. */
  recvFrame(): { readonly fields?: { [RAW]?: Buffer } } | false;
}

const RAW = Symbol('raw properties');
const FRAME_HEADER_BYTES = 7;
const CONTENT_HEADER = 2;
/** Class, weight and body size come before flags and values. */
const PROPERTIES_AT = 12;
/** Shorter than any heartbeat's half. */
const SHOW_LIFE_MS = 250;

/**
 * What a connection receives: keeps each message's properties as they came, which the client would round and strip of their
 * types, and stops reading while there is no room, however much the server sends.
 */
export class Intake {
  readonly #wire: Wire;
  #paused: NodeJS.Timeout | undefined;

  constructor({ connection }: ChannelModel) {
    const wire = connection as unknown as Wire;
    if (typeof wire.recvFrame !== 'function' || !Buffer.isBuffer(wire.rest))
      throw new ConnectError('INTERNAL', 'this version of amqplib receives frames in another way', { remedy: 'use amqplib 2.3' });
    this.#wire = wire;
    const receive = wire.recvFrame.bind(wire);
    wire.recvFrame = () => {
      if (this.#paused !== undefined) return false;
      const raw = contentHeader(wire.rest);
      const frame = receive();
      if (raw !== undefined && frame !== false && frame.fields !== undefined) frame.fields[RAW] = raw;
      return frame;
    };
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

export function toDelivery({ content, fields, properties }: ConsumeMessage): Delivery {
  const { exchange, routingKey, redelivered } = fields;
  return { body: content, rawProperties: (properties as { [RAW]?: Buffer })[RAW] as Buffer, exchange, routingKey, redelivered };
}

/** Flags and values of the properties, where a whole frame with them comes next. */
function contentHeader(bytes: Buffer): Buffer | undefined {
  if (bytes.length < FRAME_HEADER_BYTES || bytes[0] !== CONTENT_HEADER) return undefined;
  const end = FRAME_HEADER_BYTES + bytes.readUInt32BE(3);
  return bytes.length > end ? bytes.subarray(FRAME_HEADER_BYTES + PROPERTIES_AT, end) : undefined;
}
