import type { Socket } from 'node:net';
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';
import { requireInternals, type VendorInternals } from '../../../kit/vendor-internals.ts';

/** docs/architecture.md says what amqplib should offer instead. */
export const amqplibInternals: VendorInternals = {
  package: 'amqplib',
  version: '2.3.1',
  members: {
    Connection: {
      ...{ rest: 'object', stream: 'object', recvSinceLastCheck: 'boolean', recvFrame: 'function', serverProperties: 'object' },
      ...{ channels: 'object', frameMax: 'number' },
    },
    Channel: { reply: 'any', sendOrEnqueue: 'function', sendImmediately: 'function', accept: 'function' },
    ConfirmChannel: { ch: 'number', pushConfirmCallback: 'function' },
  },
};

/** The connection behind amqplib's model of channels. */
export interface InnerConnection {
  /** Bytes that were received and are not yet decoded. */
  readonly rest: Buffer;
  readonly stream: Socket;
  recvSinceLastCheck: boolean;
  readonly serverProperties: { readonly version?: unknown };
  /** By number; null where there is none. What is written to its buffer is sent in turn with other channels. */
  readonly channels: ReadonlyArray<{ readonly buffer: { write(frames: Buffer): unknown } } | null>;
  /** Bytes that one frame may have. */
  readonly frameMax: number;
  /** Returns the next frame, or false if it has not arrived as a whole. */
  recvFrame(): { readonly channel: number; readonly fields?: object } | false;
}

/** A frame that a channel receives. */
export interface InnerFrame {
  readonly id?: number;
}

export type InnerReply = (closed: InnerFrame | Error | null, frame?: InnerFrame) => void;

/** A channel with the members that send requests and take answers. */
export interface InnerChannel {
  /** Waits for the next answer. */
  reply: InnerReply | null;
  sendOrEnqueue(method: number, fields: unknown, reply: InnerReply): void;
  sendImmediately(method: number, fields: unknown): void;
  accept(frame: InnerFrame): unknown;
}

/** A channel with the members that confirm what was sent without the client's encoder. */
export interface InnerConfirmChannel {
  /** Its number, once it is open. */
  readonly ch: number;
  /** Once for each message, in their order: called with null, or with what became of it. */
  pushConfirmCallback(confirmed: (error: Error | null) => void): void;
}

/** Throws INTERNAL if amqplib's connection has changed. */
export function innerConnection({ connection }: ChannelModel): InnerConnection {
  requireInternals(amqplibInternals, 'Connection', connection);
  return connection as unknown as InnerConnection;
}

/** Throws INTERNAL if amqplib's channel has changed. */
export function innerChannel(channel: Channel): InnerChannel {
  requireInternals(amqplibInternals, 'Channel', channel);
  return channel as unknown as InnerChannel;
}

/** The same of one that confirms. */
export function innerConfirmChannel(channel: ConfirmChannel): InnerConfirmChannel {
  requireInternals(amqplibInternals, 'ConfirmChannel', channel);
  return channel as unknown as InnerConfirmChannel;
}
