import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { RemotingClient } from '../../src/rocketmq/remoting/client.ts';
import { requestCode } from '../../src/rocketmq/remoting/codes.ts';
import { FrameReader } from '../../src/rocketmq/remoting/frame-reader.ts';

const TIMEOUT_MS = 30_000;
/** Sent by a producer that only asks for the permission. */
const NO_QUEUE = 2 ** 31 - 1;

interface Route {
  readonly brokerDatas: ReadonlyArray<{ brokerAddrs: Record<string, string> }>;
}

/**
 * Stands before a real RocketMQ of one broker: names another address for the broker (a proxy's), and answers batches itself
 * where a test wants an answer that the real one doesn't give on demand. All else is the real one's.
 */
export class RocketmqFront implements AsyncDisposable {
  /** The code to answer the next batch with; undefined lets it through. `asks`: it holds no records and only asks for the permission. */
  refuse: (batch: { readonly asks: boolean }) => number | undefined = () => undefined;
  /** What the name server says is the broker's address. Default: this front's own. */
  brokerAddress: string;
  readonly #server: Server;
  readonly #client = new RemotingClient({});
  readonly #sockets = new Set<Socket>();
  readonly #namesrv: string;
  readonly #broker: string;

  private constructor(namesrv: string, broker: string, server: Server) {
    this.#namesrv = namesrv;
    this.#broker = broker;
    this.#server = server;
    this.brokerAddress = this.address;
    server.on('connection', (socket) => this.#serve(socket));
  }

  /** `port` is a free one of this machine; 0 lets the system choose. */
  static async start(namesrv: string, broker: string, port = 0): Promise<RocketmqFront> {
    const server = createServer({ noDelay: true });
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return new RocketmqFront(namesrv, broker, server);
  }

  /** Name server and broker in one. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#client.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket): void {
    const [host = '', port] = this.#broker.split(':');
    const broker = connect({ host, port: Number(port), noDelay: true });
    const frames = new FrameReader();
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      this.#sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
    }
    broker.on('data', (chunk) => client.write(chunk));
    client.on('data', (chunk) => {
      for (const frame of frames.push(chunk)) this.#pass(frame, client, broker).catch(() => client.destroy());
    });
  }

  async #pass(frame: Buffer, client: Socket, broker: Socket): Promise<void> {
    const { code, opaque, extFields } = JSON.parse(frame.toString('utf8', 4, 4 + (frame.readUInt32BE(0) & 0xffffff)));
    if (code === requestCode.GET_ROUTEINFO_BY_TOPIC) {
      client.write(await this.#route(opaque, extFields));
      return;
    }
    const refusal = code === requestCode.SEND_BATCH_MESSAGE ? this.refuse({ asks: Number(extFields.e) === NO_QUEUE }) : undefined;
    if (refusal !== undefined) client.write(answer(opaque, refusal, 'scripted by a test', Buffer.alloc(0)));
    else broker.write(framed(frame));
  }

  async #route(opaque: number, fields: Record<string, string>): Promise<Buffer> {
    const request = { code: requestCode.GET_ROUTEINFO_BY_TOPIC, fields };
    const { code, remark, body } = await this.#client.request(this.#namesrv, request, TIMEOUT_MS);
    if (body.length === 0) return answer(opaque, code, remark, body);
    const route = JSON.parse(body.toString()) as Route;
    for (const { brokerAddrs } of route.brokerDatas) for (const id of Object.keys(brokerAddrs)) brokerAddrs[id] = this.brokerAddress;
    return answer(opaque, code, remark, Buffer.from(JSON.stringify(route)));
  }
}

function answer(opaque: number, code: number, remark: string, body: Buffer): Buffer {
  const header = Buffer.from(JSON.stringify({ code, flag: 1, opaque, remark, extFields: {} }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.length);
  return framed(Buffer.concat([length, header, body]));
}

function framed(frame: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}
