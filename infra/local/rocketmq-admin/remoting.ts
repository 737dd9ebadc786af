import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FrameReader } from './frame-reader.ts';

/** Request codes of the remoting protocol, as RocketMQ's RequestCode names them. */
export const requestCode = {
  PULL_MESSAGE: 11,
  UPDATE_AND_CREATE_TOPIC: 17,
  GET_MAX_OFFSET: 30,
  GET_MIN_OFFSET: 31,
  GET_ROUTEINFO_BY_TOPIC: 105,
  UPDATE_AND_CREATE_SUBSCRIPTIONGROUP: 200,
  DELETE_TOPIC_IN_BROKER: 215,
  DELETE_TOPIC_IN_NAMESRV: 216,
} as const;

export const responseCode = {
  SUCCESS: 0,
  TOPIC_NOT_EXIST: 17,
  PULL_NOT_FOUND: 19,
  PULL_RETRY_IMMEDIATELY: 20,
  PULL_OFFSET_MOVED: 21,
} as const;

export interface RemotingResponse {
  readonly code: number;
  readonly remark?: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The answer was an error. */
export class RemotingError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

interface Header {
  readonly code: number;
  readonly flag: number;
  readonly opaque: number;
  readonly remark?: string;
  readonly extFields?: Readonly<Record<string, string>>;
}

interface Pending {
  resolve(response: RemotingResponse): void;
  reject(error: Error): void;
}

const RESPONSE_FLAG = 1;
const JSON_HEADER = 0;
const TIMEOUT_MS = 10_000;

/** One connection to a name server or broker in RocketMQ's remoting protocol; requests may overlap. */
export class RemotingConnection {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  #opaque = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const frames = new FrameReader((frame) => this.#receive(frame));
    socket.on('data', (chunk) => frames.push(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was closed')));
  }

  /** Rejects with the socket's error, or after 10 s. */
  static async open(address: string): Promise<RemotingConnection> {
    const colon = address.lastIndexOf(':');
    const socket = connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)), noDelay: true });
    await once(socket, 'connect', { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error) => {
      socket.destroy();
      throw error;
    });
    return new RemotingConnection(socket);
  }

  /** Rejects with RemotingError where the answer is none of `accepted`. */
  async request(
    code: number,
    fields: Readonly<Record<string, string | number | boolean>>,
    body: Buffer = Buffer.alloc(0),
    accepted: readonly number[] = [responseCode.SUCCESS],
  ): Promise<RemotingResponse> {
    const opaque = this.#opaque++;
    const extFields = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));
    const header = Buffer.from(JSON.stringify({ code, language: 'OTHER', version: 0, opaque, flag: 0, extFields }));
    const prefix = Buffer.alloc(8);
    prefix.writeUInt32BE(4 + header.length + body.length, 0);
    prefix.writeUInt32BE((JSON_HEADER << 24) | header.length, 4);
    const response = await new Promise<RemotingResponse>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(opaque);
        reject(new Error(`no answer to request ${code} within ${TIMEOUT_MS} ms`));
      }, TIMEOUT_MS);
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          then(value);
        };
      this.#pending.set(opaque, { resolve: settle(resolve), reject: settle(reject) });
      this.#socket.write(Buffer.concat([prefix, header, body]));
    });
    if (accepted.includes(response.code)) return response;
    throw new RemotingError(response.code, response.remark ?? `answered code ${response.code}`);
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(frame: Buffer): void {
    const headerLength = frame.readUInt32BE(0) & 0xffffff;
    const header = JSON.parse(frame.toString('utf8', 4, 4 + headerLength)) as Header;
    // Brokers also send requests of their own, such as a changed list of consumers.
    if ((header.flag & RESPONSE_FLAG) === 0) return;
    const pending = this.#pending.get(header.opaque);
    this.#pending.delete(header.opaque);
    pending?.resolve({
      code: header.code,
      ...(header.remark !== undefined && { remark: header.remark }),
      fields: header.extFields ?? {},
      body: frame.subarray(4 + headerLength),
    });
  }

  #fail(error: Error): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }
}
