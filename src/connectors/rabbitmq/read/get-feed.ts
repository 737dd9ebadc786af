import { type Got, pipelineGets } from '../protocol/get-pipeline.ts';
import { QueueFeed } from './queue-feed.ts';

/** Requests that wait for their answers at once: enough for thousands of messages a second over a slow network. */
const AHEAD = 256;

/**
 * Asks a queue for one message after the other. It is no consumer, so that a queue which is deleted with its last consumer stays, at the
 * price of a request for each message. Ends where the queue is empty.
 */
export class GetFeed extends QueueFeed {
  /** In the order of their answers. */
  readonly #requests: Array<Promise<Got>> = [];
  #receiving: Promise<void> | undefined;
  #leaving = false;
  #copied = 0;

  get ended(): boolean {
    return this.#receiving === undefined && (this.#leaving || this.window === 0);
  }

  get isFull(): boolean {
    return this.received - this.acknowledged >= this.window;
  }

  override async open(): Promise<void> {
    await super.open();
    pipelineGets(this.channel);
  }

  begin(window: number): void {
    this.resize(window);
  }

  resize(window: number): void {
    this.window = window;
    this.#ask();
  }

  acknowledge(deliveryTag: number): void {
    if (deliveryTag <= this.#copied) return;
    this.#copied = deliveryTag;
    if (this.failure !== undefined) return;
    this.sendAcknowledgement(deliveryTag);
    this.#ask();
  }

  cancel(): void {
    this.#leaving = true;
  }

  /** What is on its way may still come; what does not, the server takes back with the channel's close. */
  protected async settled(): Promise<void> {
    this.#leaving = true;
  }

  /** Messages that are on their way count for the window. */
  #ask(): void {
    if (this.#leaving || this.failure !== undefined) return;
    const wanted = this.window - (this.received - this.acknowledged);
    while (this.#requests.length < Math.min(AHEAD, wanted)) {
      const request = this.channel.get(this.options.queue);
      // Whoever waits for it hears of it; nobody does once another one failed.
      request.catch(() => {});
      this.#requests.push(request);
    }
    if (this.#requests.length > 0) this.#receiving ??= this.#receiveAll();
  }

  /** The time for an answer begins when the one before it has come: the limit is for a silent server, not for many requests. */
  async #receiveAll(): Promise<void> {
    const { connection, onChange } = this.options;
    try {
      for (let request = this.#requests[0]; request !== undefined; request = this.#requests[0]) {
        const next = request;
        const message = await connection.answered(() => next);
        this.#requests.shift();
        if (message === false) this.#leaving = true;
        else this.receive(message);
        this.#ask();
        onChange();
      }
    } catch (error) {
      this.fail(error);
    }
    this.#receiving = undefined;
    onChange();
  }
}
