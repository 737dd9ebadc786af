import { CallQueue } from './call-queue.ts';
import { problem } from './limits.ts';
import { encodeBody, MAX_BODY_BYTES, type RequestBody } from './request-body.ts';
import { type RequestForm, RequestRefused } from './send-request.ts';
import { type MessageList, type OutgoingMessage, RefusedError } from './types.ts';

/** Sends the body of one request until it is stored, the deadline passes or a repeat is pointless. */
export type DeliverBody = (body: Buffer, deadline: number, form?: RequestForm) => Promise<void>;

/** Sends to one queue, as `TopicProducer.send` says. */
export interface Lane {
  send(messages: MessageList, deadline: number): Promise<void>;
}

/** How messages become requests of several. */
export interface Encoding {
  /** As `TopicProducer.problem`, where one message with all that belongs to it may have `maxBytes`. */
  problem(message: OutgoingMessage, maxBytes: number): string | undefined;
  /** Encodes messages from index `from` on, none at or after `end`. None at all means that the first one has a problem. */
  encode(messages: MessageList, from: number, end: number, maxBytes: number): RequestBody & { readonly form?: RequestForm };
}

const PLAIN: Encoding = {
  problem,
  encode: (messages, from, end, maxBytes) => {
    const mayBeSent = (message: OutgoingMessage): boolean => problem(message, maxBytes) === undefined;
    return encodeBody(messages, from, end, mayBeSent, Math.min(MAX_BODY_BYTES, maxBytes));
  },
};

/** Sends to one queue: one call after the other, and the requests of each call one after the other, so that order holds. */
export class SendLane implements Lane {
  readonly #deliver: DeliverBody;
  readonly #maxBytes: number;
  readonly #encoding: Encoding;
  readonly #calls = new CallQueue((messages, deadline) => this.#sendRange(messages, 0, messages.length, deadline));

  /** `maxBytes` is the bound of one message with all that belongs to it. */
  constructor(deliver: DeliverBody, maxBytes = MAX_BODY_BYTES, encoding = PLAIN) {
    this.#deliver = deliver;
    this.#maxBytes = maxBytes;
    this.#encoding = encoding;
  }

  send(messages: MessageList, deadline: number): Promise<void> {
    return this.#calls.send(messages, deadline);
  }

  /** Sends a part of a call. A refused request is halved until the message at fault is alone. */
  async #sendRange(messages: MessageList, start: number, end: number, deadline: number): Promise<void> {
    let from = start;
    while (from < end) {
      const { body, count, form } = this.#encoding.encode(messages, from, end, this.#maxBytes);
      if (count === 0) throw new RefusedError(from, this.#encoding.problem(messages.at(from) as OutgoingMessage, this.#maxBytes) ?? '');
      const next = from + count;
      try {
        await this.#deliver(body, deadline, form);
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
