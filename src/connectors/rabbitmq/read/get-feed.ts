import type { Channel, GetMessage } from 'amqplib';
import { type InnerReply, innerChannel } from '../protocol/amqplib-internals.ts';
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

/** AMQP's numbers of methods, as the client writes them: class, then method. */
const BASIC_GET = 0x3c0046;
const BASIC_GET_OK = 0x3c0047;
const BASIC_GET_EMPTY = 0x3c0048;
const CHANNEL_CLOSE = 0x140028;

/**
 * Lets `channel.get` send each request at once. The client would wait for one answer before it sends the next request, so that a queue
 * gives one message a round trip. The server answers the requests of a channel in their order.
 */
export function pipelineGets(channel: Channel): void {
  const wire = innerChannel(channel);
  const waiting: InnerReply[] = [];
  const sendOrEnqueue = wire.sendOrEnqueue.bind(wire);
  const accept = wire.accept.bind(wire);
  wire.sendOrEnqueue = (method, fields, reply) => {
    if (method !== BASIC_GET) return sendOrEnqueue(method, fields, reply);
    waiting.push(reply);
    wire.sendImmediately(method, fields);
  };
  wire.accept = (frame) => {
    if (frame.id === BASIC_GET_OK || frame.id === BASIC_GET_EMPTY) wire.reply = waiting.shift() ?? null;
    if (frame.id === CHANNEL_CLOSE) for (const reply of waiting.splice(0)) reply(frame);
    return accept(frame);
  };
  // From its own close on, the client takes no more answers; on a lost connection, none come.
  channel.once('close', () => {
    for (const reply of waiting.splice(0)) reply(new Error('the channel was closed before the answer came'));
  });
}

/** What a request for a message brings: false where the queue has none. */
type Got = GetMessage | false;
