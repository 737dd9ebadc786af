import type { RemotingClient } from '../../../src/rocketmq/remoting/client.ts';
import { responseCode } from '../../../src/rocketmq/remoting/codes.ts';
import type { RemotingResponse } from '../../../src/rocketmq/remoting/frame.ts';

/** Requests that only an administrator makes, as RocketMQ's RequestCode names them. */
export const adminCode = {
  UPDATE_AND_CREATE_TOPIC: 17,
  UPDATE_BROKER_CONFIG: 25,
  GET_BROKER_RUNTIME_INFO: 28,
  UPDATE_AND_CREATE_SUBSCRIPTIONGROUP: 200,
  GET_CONSUME_STATS: 208,
  DELETE_TOPIC_IN_BROKER: 215,
  DELETE_TOPIC_IN_NAMESRV: 216,
  RESET_OFFSET: 222,
} as const;

const TIMEOUT_MS = 30_000;

/** The server answered with a refusal. */
export class RefusedRequest extends Error {
  readonly code: number;

  constructor(address: string, { code, remark }: RemotingResponse) {
    super(`${address} answered ${code}: ${remark}`);
    this.code = code;
  }
}

/** A name server or a broker. */
export class RemotingServer {
  readonly #client: RemotingClient;
  readonly #address: string;

  constructor(client: RemotingClient, address: string) {
    this.#client = client;
    this.#address = address;
  }

  /** Sends a request. Rejects with RefusedRequest if the answer is not SUCCESS, and with a ConnectError if there is none within 30 s. */
  async request(code: number, fields: Readonly<Record<string, string | number | boolean>>, body?: Buffer): Promise<RemotingResponse> {
    const texts = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
    const response = await this.#client.request(this.#address, { code, fields: texts, ...(body && { body }) }, TIMEOUT_MS);
    if (response.code === responseCode.SUCCESS) return response;
    throw new RefusedRequest(this.#address, response);
  }
}
