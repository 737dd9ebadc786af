import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { requestCode, responseCode } from '../../../src/rocketmq/remoting/codes.ts';
import { FrameReader } from '../../../src/rocketmq/remoting/frame-reader.ts';

export interface Asked {
  readonly code: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Counts connections, from 1. */
  readonly connection: number;
}

/** What the server does about a send request; `silence` never answers, `hang up` closes the connection. */
export type Reaction = { readonly code: number; readonly remark?: string } | 'silence' | 'hang up' | 'garbage';

const MOST_QUEUES = 1_000;

export const stored: Reaction = { code: responseCode.SUCCESS };

/**
 * A name server and broker in one. Its answers to send requests are scripted: a real one can't be made to be busy, slow or
 * to lose a connection on demand. Everything else is answered as RocketMQ does for a topic of one queue.
 */
export class FakeRocketmq {
  /** Decides the answer to each send request; `index` counts them, from 0. */
  onSend: (index: number, asked: Asked) => Reaction | Promise<Reaction> = () => stored;
  /** What it does where it is asked for a route; default: it answers. */
  onRoute: () => 'answer' | 'silence' = () => 'answer';
  /** Decides who may send. A request for a queue that no topic has asks for it. Default: this client may. */
  onPermission: () => Reaction = () => ({ code: responseCode.INVALID_PARAMETER, remark: 'request queueId is illegal' });
  /** What it answers where it is asked how the topic is set up. */
  topicConfig: Answer = { code: responseCode.SUCCESS, body: '{}' };
  /** Send requests in the order in which they came. */
  readonly sends: Asked[] = [];
  connections = 0;
  /** What the name server says of the topic, or that there is none; default one queue, here. */
  route: (topic: string) => object | undefined = () => routeTo({ 'broker-a': { address: this.address, queues: 1 } });
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(): Promise<FakeRocketmq> {
    const fake = new FakeRocketmq();
    await once(fake.#server.listen(0, '127.0.0.1'), 'listening');
    return fake;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    const connection = this.connections;
    const frames = new FrameReader();
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk) => {
      for (const frame of frames.push(chunk)) void this.#answer(socket, frame, connection);
    });
  }

  async #answer(socket: Socket, frame: Buffer, connection: number): Promise<void> {
    const end = 4 + (frame.readUInt32BE(0) & 0xffffff);
    const { code, opaque, extFields } = JSON.parse(frame.toString('utf8', 4, end));
    const asked = { code, fields: extFields, body: frame.subarray(end), connection };
    const reaction = await this.#react(asked);
    if (reaction === 'hang up') socket.destroy();
    else if (reaction === 'garbage') socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    else if (reaction !== 'silence') socket.write(response(opaque, reaction));
  }

  async #react(asked: Asked): Promise<'silence' | 'hang up' | 'garbage' | Answer> {
    if (asked.code === requestCode.GET_ROUTEINFO_BY_TOPIC && this.onRoute() === 'silence') return 'silence';
    if (asked.code === requestCode.GET_ROUTEINFO_BY_TOPIC) return routeAnswer(this.route(asked.fields.topic as string));
    if (asked.code === requestCode.GET_TOPIC_CONFIG) return this.topicConfig;
    if (Number(asked.fields.e) >= MOST_QUEUES) return this.onPermission();
    this.sends.push(asked);
    return this.onSend(this.sends.length - 1, asked);
  }
}

const routeAnswer = (route: object | undefined): Answer =>
  route === undefined
    ? { code: responseCode.TOPIC_NOT_EXIST, remark: 'No topic route info' }
    : { code: responseCode.SUCCESS, body: JSON.stringify(route) };

/** A route answer: brokers by name, with the address of each master, its writable queues and its permission (2 write, 4 read). */
export function routeTo(brokers: Readonly<Record<string, { address?: string; queues: number; perm?: number }>>): object {
  const entries = Object.entries(brokers);
  return {
    brokerDatas: entries.map(([brokerName, { address }]) => ({
      brokerName,
      brokerAddrs: { ...(address !== undefined && { 0: address }), 1: '127.0.0.1:1' },
    })),
    queueDatas: entries.map(([brokerName, { queues, perm = 6 }]) => ({ brokerName, perm, readQueueNums: 16, writeQueueNums: queues })),
  };
}

interface Answer {
  readonly code: number;
  readonly remark?: string;
  readonly body?: string;
}

function response(opaque: number, { code, remark, body = '' }: Answer): Buffer {
  const header = Buffer.from(JSON.stringify({ code, flag: 1, opaque, remark, extFields: {} }));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(4 + header.length + Buffer.byteLength(body), 0);
  head.writeUInt32BE(header.length, 4);
  return Buffer.concat([head, header, Buffer.from(body)]);
}
