import { ConnectError, toConnectError } from '../api/index.ts';
import type { MessageList } from './types.ts';

interface Call {
  readonly messages: MessageList;
  readonly deadline: number;
  resolve(): void;
  reject(error: ConnectError): void;
}

/** Carries out calls for one queue, one after the other, so that order holds. */
export class CallQueue {
  readonly #carryOut: (messages: MessageList, deadline: number) => Promise<void>;
  #waiting: Call[] = [];
  #sending = false;

  constructor(carryOut: (messages: MessageList, deadline: number) => Promise<void>) {
    this.#carryOut = carryOut;
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
        await this.#carryOut(call.messages, call.deadline);
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
}
