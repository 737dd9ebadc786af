import type { ConfirmChannel, Message } from 'amqplib';
import { ConnectError } from '../../../../api/index.ts';
import { type InnerConfirmChannel, innerConfirmChannel } from '../amqplib-internals.ts';
import { readBasicProperties } from '../basic-properties.ts';
import type { RabbitmqConnection } from '../connection.ts';
import { RAW } from '../intake.ts';
import { shortText } from './write-properties.ts';

const METHOD = 1;
const HEADER = 2;
const BODY = 3;
const FRAME_END = 0xce;
/** Type, channel and length before what a frame holds, and its end. */
const FRAME_BYTES = 8;
const BASIC = 60;
const PUBLISH = 40;
/** The server gives back what it can't route. */
const MANDATORY = 1;
/** What the client makes of a negative confirmation. */
const NACKED = 'message nacked';
/** Class, weight and body size. */
const CONTENT_HEAD_BYTES = 12;

/** A message to publish. */
export interface Publication {
  readonly exchange: Buffer;
  readonly routingKey: Buffer;
  /** Flags and values of the content header. */
  readonly properties: Buffer;
  readonly messageId: Buffer;
  readonly body: Buffer;
}

/** `stored`: the server has it for good. `returned`: no queue takes it. `rejected`: a queue does not take it now. Undefined: not known. */
export type Fate = 'stored' | 'returned' | 'rejected' | undefined;

interface Sent {
  readonly publication: Publication;
  fate: Fate;
}

/** Properties that one frame can carry. */
export const propertiesLimit = (frameMax: number): number => frameMax - FRAME_BYTES - CONTENT_HEAD_BYTES;

/** Publishes on a channel of its own, in order, and hears what becomes of each message. */
export class Publisher {
  readonly connection: RabbitmqConnection;
  readonly #channel: ConfirmChannel;
  readonly #inner: InnerConfirmChannel;
  #failure: Error | undefined;
  #sent: Sent[] = [];

  private constructor(connection: RabbitmqConnection, channel: ConfirmChannel, failed: () => Error | undefined) {
    this.connection = connection;
    this.#channel = channel;
    this.#inner = innerConfirmChannel(channel);
    this.#failure = failed();
    channel.on('return', (message: Message) => this.#returned(message));
    channel.on('error', (error: Error) => {
      this.#failure ??= error;
    });
    channel.on('close', () => {
      this.#failure ??= connection.failure ?? new Error('the channel was closed');
    });
  }

  static async open(connection: RabbitmqConnection): Promise<Publisher> {
    let failure: Error | undefined;
    const channel = await connection.openConfirmChannel((error) => {
      failure = error;
    });
    return new Publisher(connection, channel, () => failure);
  }

  /** Why the channel is no more, in the server's words. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Publishes the messages, and resolves with what became of each, once that is known of all, or never will be: then `failure` says why.
   * Rejects where the server says nothing for so long. Call it again only after that.
   */
  async publish(publications: readonly Publication[], withinMs: number): Promise<Fate[]> {
    const sent = publications.map((publication): Sent => ({ publication, fate: undefined }));
    this.#sent = sent;
    const settled = new Promise<void>((resolve) => {
      let left = sent.length;
      const one = () => {
        left -= 1;
        if (left === 0) resolve();
      };
      for (const message of sent) this.#send(message, one);
    });
    try {
      await this.connection.answered(() => settled, withinMs);
    } catch (error) {
      this.#failure ??= error as Error;
      throw error;
    }
    return sent.map(({ fate }) => fate);
  }

  /** Never rejects. */
  async close(): Promise<void> {
    if (this.#failure === undefined) await this.connection.answered(() => this.#channel.close()).catch(() => {});
  }

  #send(sent: Sent, settled: () => void): void {
    if (this.#failure !== undefined) {
      settled();
      return;
    }
    this.connection.send(this.#inner.ch, frames(sent.publication, this.#inner.ch, this.connection.frameMax));
    this.#inner.pushConfirmCallback((error) => {
      // A channel that ends says so of each, too.
      if (error === null) sent.fate ??= 'stored';
      else if (error.message === NACKED) sent.fate = 'rejected';
      settled();
    });
  }

  /** Comes before the confirmation. Messages come back in the order in which they were published, and do not say which they are. */
  #returned({ fields, properties }: Message): void {
    const raw = (properties as { [RAW]?: Buffer })[RAW];
    const id = raw === undefined ? undefined : readBasicProperties(raw).properties.get('message-id');
    const { exchange, routingKey } = fields as { readonly exchange: string; readonly routingKey: string };
    const isSame = ({ publication, fate }: Sent) =>
      fate === undefined &&
      id?.equals(publication.messageId) === true &&
      String(publication.exchange) === exchange &&
      String(publication.routingKey) === routingKey;
    const found = this.#sent.find(isSame);
    if (found !== undefined) found.fate = 'returned';
    // Nothing is taken for stored of which that is not known.
    else this.connection.destroy(new ConnectError('INTERNAL', 'RabbitMQ returned a message that is not known', { retriable: true }));
  }
}

function frames({ exchange, routingKey, properties, body }: Publication, channel: number, frameMax: number): Buffer {
  const publish = Buffer.alloc(6);
  publish.writeUInt16BE(BASIC, 0);
  publish.writeUInt16BE(PUBLISH, 2);
  const head = Buffer.alloc(CONTENT_HEAD_BYTES);
  head.writeUInt16BE(BASIC, 0);
  head.writeBigUInt64BE(BigInt(body.length), 4);
  const parts = [
    ...frame(METHOD, channel, [
      publish,
      shortText(exchange, 'its exchange'),
      shortText(routingKey, 'its routing key'),
      Buffer.from([MANDATORY]),
    ]),
    ...frame(HEADER, channel, [head, properties]),
  ];
  const most = frameMax - FRAME_BYTES;
  for (let from = 0; from < body.length; from += most) parts.push(...frame(BODY, channel, [body.subarray(from, from + most)]));
  return Buffer.concat(parts);
}

function frame(type: number, channel: number, payload: readonly Buffer[]): Buffer[] {
  const head = Buffer.alloc(FRAME_BYTES - 1);
  head.writeUInt8(type, 0);
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(
    payload.reduce((sum, { length }) => sum + length, 0),
    3,
  );
  return [head, ...payload, Buffer.from([FRAME_END])];
}
