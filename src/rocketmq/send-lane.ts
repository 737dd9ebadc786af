import { ConnectError, toConnectError } from '../api/index.ts';
import { problem } from './limits.ts';
import { encodeBody, MAX_BODY_BYTES, type RequestBody } from './request-body.ts';
import { RequestRefused } from './send-request.ts';
import { type MessageList, type OutgoingMessage, RefusedError } from './types.ts';

/** Sends the body of one request until it is stored, the deadline passes or a repeat is pointless. */
export type DeliverBody = (body: Buffer, deadline: number) => Promise<void>;

/** Encodes the messages of one request; see `encodeBody`, which does it for the remoting protocol. */
export type EncodeBody = (...args: Required<Parameters<typeof encodeBody>>) => RequestBody;

interface Call {
  readonly messages: MessageList;
  readonly deadline: number;
  resolve(): void;
  reject(error: ConnectError): void;
}

/** Sends to one queue: one call after the other, and the requests of each call one after the other, so that order holds. */
export class SendLane {
  readonly #deliver: DeliverBody;
  readonly #encode: EncodeBody;
  readonly #maxBytes: number;
  #waiting: Call[] = [];
  #sending = false;

  /** `maxBytes` is the bound of one message with all that belongs to it. */
  constructor(deliver: DeliverBody, maxBytes = MAX_BODY_BYTES, encode: EncodeBody = encodeBody) {
    this.#deliver = deliver;
    this.#encode = encode;
    this.#maxBytes = maxBytes;
  }

  send(messages: MessageList, deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ messages, deadline, resolve, reject });
      if (!this.#sending) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#sending = true;
    for (let call = this.#waiting.shift(); call !== undefined; call = this.#waiting.shift()) {
      try {
        await this.#sendRange(call.messages, 0, call.messages.length, call.deadline);
        call.resolve();
      } catch (error) {
        this.#fail(call, toConnectError(error));
      }
    }
    this.#sending = false;
  }

  /** Rejects the call and those that wait: messages behind a failure would overtake it. */
  #fail(call: Call, error: ConnectError): void {
    const behind = this.#waiting;
    this.#waiting = [];
    call.reject(error);
    for (const { reject } of behind) {
      reject(
        new ConnectError('INTERRUPTED', `not sent, because an earlier send failed: ${error.message}`, { retriable: true, cause: error }),
      );
    }
  }

  /** Sends a part of a call. A refused request is halved until the message at fault is alone. */
  async #sendRange(messages: MessageList, start: number, end: number, deadline: number): Promise<void> {
    let from = start;
    const mayBeSent = (message: OutgoingMessage): boolean => problem(message, this.#maxBytes) === undefined;
    while (from < end) {
      const { body, count } = this.#encode(messages, from, end, mayBeSent, Math.min(MAX_BODY_BYTES, this.#maxBytes));
      if (count === 0) throw new RefusedError(from, problem(messages.at(from) as OutgoingMessage, this.#maxBytes) ?? '');
      const next = from + count;
      try {
        await this.#deliver(body, deadline);
      } catch (error) {
        if (!(error instanceof RequestRefused)) throw error;
        if (count === 1) throw new RefusedError(from, error.message, error);
        const middle = from + Math.floor(count / 2);
        await this.#sendRange(messages, from, middle, deadline);
        await this.#sendRange(messages, middle, next, deadline);
      }
      from = next;
    }
  }
}
