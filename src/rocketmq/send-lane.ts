import { ConnectError, toConnectError } from '../api/index.ts';
import { encodeBatch, MAX_BATCH_BYTES } from './batch-encoding.ts';
import { problem } from './limits.ts';
import { BatchRefused } from './send-batch.ts';
import { type MessageList, type OutgoingMessage, RefusedError } from './types.ts';

/** Sends one encoded batch until it is stored, the deadline passes or a repeat is pointless. */
export type DeliverBatch = (body: Buffer, deadline: number) => Promise<void>;

interface Call {
  readonly messages: MessageList;
  readonly deadline: number;
  resolve(): void;
  reject(error: ConnectError): void;
}

/** Sends to one queue: calls one after another, each as batches one after another, so that order holds. */
export class SendLane {
  readonly #deliver: DeliverBatch;
  readonly #maxBytes: number;
  #waiting: Call[] = [];
  #sending = false;

  /** `maxBytes`: of one message with all that belongs to it. */
  constructor(deliver: DeliverBatch, maxBytes = MAX_BATCH_BYTES) {
    this.#deliver = deliver;
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

  /** Messages behind a failure are not sent: they would overtake it. */
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

  /** A refused batch is halved until the message at fault is alone. */
  async #sendRange(messages: MessageList, start: number, end: number, deadline: number): Promise<void> {
    let from = start;
    const mayBeSent = (message: OutgoingMessage): boolean => problem(message, this.#maxBytes) === undefined;
    while (from < end) {
      const { body, count } = encodeBatch(messages, from, end, mayBeSent, Math.min(MAX_BATCH_BYTES, this.#maxBytes));
      if (count === 0) throw new RefusedError(from, problem(messages.at(from) as OutgoingMessage, this.#maxBytes) ?? '');
      const next = from + count;
      try {
        await this.#deliver(body, deadline);
      } catch (error) {
        if (!(error instanceof BatchRefused)) throw error;
        if (count === 1) throw new RefusedError(from, error.message, error);
        const middle = from + Math.floor(count / 2);
        await this.#sendRange(messages, from, middle, deadline);
        await this.#sendRange(messages, middle, next, deadline);
      }
      from = next;
    }
  }
}
