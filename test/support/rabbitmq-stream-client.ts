import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** Commands of RabbitMQ's stream protocol. */
const DECLARE_PUBLISHER = 1;
const PUBLISH = 2;
const PUBLISH_CONFIRM = 3;
const STORE_OFFSET = 10;
const QUERY_OFFSET = 11;
const PEER_PROPERTIES = 17;
const SASL_HANDSHAKE = 18;
const SASL_AUTHENTICATE = 19;
const TUNE = 20;
const OPEN = 21;

const PUBLISHER = 1;
/** The first bit says batch, the next three say how it is compressed. */
const GZIP_BATCH = 0b1001_0000;
/** An AMQP 1.0 message with a body of one byte. */
const MESSAGE = Buffer.from([0x00, 0x53, 0x75, 0xa0, 0x01, 0x2a]);
const OFFSET_AT = 10;
const STEP_MS = 5;

/** What only clients of the stream protocol write: offsets of consumers, and compressed batches. */
export class RabbitmqStreamClient implements AsyncDisposable {
  readonly #socket: Socket;
  /** Frames without their length. */
  readonly #frames: Buffer[] = [];
  #correlation = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    let left = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      left = Buffer.concat([left, bytes]);
      for (; left.length >= 4 && left.length >= 4 + left.readUInt32BE(0); left = left.subarray(4 + left.readUInt32BE(0)))
        this.#frames.push(left.subarray(4, 4 + left.readUInt32BE(0)));
    });
  }

  /** `address`: `rabbitmq-stream://user:password@host:port`. */
  static async open(address: string): Promise<RabbitmqStreamClient> {
    const { hostname, port, username, password } = new URL(address.replace('rabbitmq-stream:', 'http:'));
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const client = new RabbitmqStreamClient(socket);
    await client.#ask(PEER_PROPERTIES, uint32(0));
    await client.#ask(SASL_HANDSHAKE);
    const secret = Buffer.from(`\0${username}\0${password}`);
    await client.#ask(SASL_AUTHENTICATE, text('PLAIN'), uint32(secret.length), secret);
    client.#send(TUNE, (await client.#next(TUNE)).subarray(4));
    await client.#ask(OPEN, text('/'));
    return client;
  }

  /** Stores a consumer's offset, and returns once the stream has it, in an offset of its own where nothing else is being written. */
  async storeOffset(stream: string, consumer: string, offset: number): Promise<void> {
    this.#send(STORE_OFFSET, text(consumer), text(stream), uint64(offset));
    for (let stored = -1; stored !== offset; await sleep(STEP_MS)) {
      const answer = await this.#ask(QUERY_OFFSET, text(consumer), text(stream));
      stored = Number(answer.readBigUInt64BE(OFFSET_AT));
    }
  }

  /** Writes one compressed batch. */
  async publishCompressed(stream: string, count: number): Promise<void> {
    await this.#ask(DECLARE_PUBLISHER, Buffer.from([PUBLISHER]), text(''), text(stream));
    const messages = Buffer.concat(Array.from({ length: count }, () => Buffer.concat([uint32(MESSAGE.length), MESSAGE])));
    const batch = gzipSync(messages);
    const head = [Buffer.from([PUBLISHER]), uint32(1), uint64(1), Buffer.from([GZIP_BATCH])];
    this.#send(PUBLISH, ...head, uint16(count), uint32(messages.length), uint32(batch.length), batch);
    await this.#next(PUBLISH_CONFIRM);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
  }

  #send(command: number, ...parts: Buffer[]): void {
    const body = Buffer.concat([uint16(command), uint16(1), ...parts]);
    this.#socket.write(Buffer.concat([uint32(body.length), body]));
  }

  /** The answer: command, version, correlation, code, and more. */
  async #ask(command: number, ...parts: Buffer[]): Promise<Buffer> {
    this.#correlation += 1;
    this.#send(command, uint32(this.#correlation), ...parts);
    return this.#next(0x8000 | command);
  }

  async #next(command: number): Promise<Buffer> {
    for (;;) {
      for (let frame = this.#frames.shift(); frame !== undefined; frame = this.#frames.shift())
        if (frame.readUInt16BE(0) === command) return frame;
      if (this.#socket.destroyed) throw new Error('the server closed the connection');
      await sleep(STEP_MS);
    }
  }
}

const uint16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

const text = (value: string): Buffer => Buffer.concat([uint16(Buffer.byteLength(value)), Buffer.from(value)]);
