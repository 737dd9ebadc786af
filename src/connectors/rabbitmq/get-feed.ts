import type { Channel, ConsumeMessage, GetMessage } from 'amqplib';
import type { ConnectError } from '../../api/index.ts';
import { channelError } from './errors.ts';
import type { Feed } from './feed.ts';
import { type Delivery, toDelivery } from './intake.ts';
import { bytesOf, SIZE_WEIGHT, type SubscriptionOptions } from './subscription.ts';

/** Requests at once: the client sends the next one when the last is answered. */
const AHEAD = 2;

/**
 * Asks a queue for one message after the other. It is no consumer, so that a queue which is deleted with its last consumer stays, at the
 * price of a request for each message. Ends where the queue is empty.
 */
export class GetFeed implements Feed {
  readonly #options: SubscriptionOptions;
  readonly #buffer: Delivery[] = [];
  #channel: Channel | undefined;
  #opening: Promise<void> | undefined;
  #asked = 0;
  #leaving = false;
  #discards = false;
  #failure: ConnectError | undefined;
  #copied = 0;
  window = 0;
  received = 0;
  acknowledged = 0;
  averageBytes = 0;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
  }

  get failure(): ConnectError | undefined {
    return this.#failure ?? (this.#channel === undefined ? undefined : this.#options.connection.failure);
  }

  get buffered(): readonly Delivery[] {
    return this.#buffer;
  }

  get ended(): boolean {
    return this.#asked === 0 && (this.#leaving || this.window === 0);
  }

  get isFull(): boolean {
    return this.received - this.acknowledged >= this.window;
  }

  open(): Promise<void> {
    this.#opening = this.#open();
    return this.#opening;
  }

  begin(window: number): void {
    this.resize(window);
  }

  resize(window: number): void {
    this.window = window;
    this.#ask();
  }

  remove(count: number): void {
    for (const delivery of this.#buffer.splice(0, count)) this.#options.room.remove(bytesOf(delivery));
  }

  acknowledge(deliveryTag: number): void {
    if (deliveryTag <= this.#copied) return;
    this.#copied = deliveryTag;
    if (this.failure !== undefined) return;
    this.acknowledged = deliveryTag;
    this.#channel?.ack({ fields: { deliveryTag } } as ConsumeMessage, true);
    this.#ask();
  }

  cancel(): void {
    this.#leaving = true;
  }

  abandon(): void {
    this.#discards = true;
    this.remove(this.#buffer.length);
    this.cancel();
  }

  async close(processed: () => Promise<void> = async () => {}): Promise<void> {
    const { connection } = this.#options;
    this.abandon();
    await this.#opening?.catch(() => {});
    const channel = this.#channel;
    if (channel === undefined || connection.failure !== undefined) return;
    try {
      if (this.acknowledged > 0 && this.#failure === undefined) await processed();
    } finally {
      // A channel that failed may be closed already.
      await connection.answered(() => channel.close()).catch((error) => this.#failure ?? Promise.reject(error));
    }
  }

  async #open(): Promise<void> {
    const { connection, queue, onChange } = this.#options;
    this.#channel = await connection.openChannel((error) => {
      this.#failure ??= channelError(error, `queue ${queue}`);
      onChange();
    });
  }

  /** Messages that are on their way count for the window. */
  #ask(): void {
    while (!this.#leaving && this.#asked < AHEAD && this.received + this.#asked - this.acknowledged < this.window) {
      this.#asked += 1;
      void this.#askOne();
    }
  }

  async #askOne(): Promise<void> {
    const { connection, queue, onChange } = this.#options;
    try {
      const message = await connection.answered(() => (this.#channel as Channel).get(queue));
      if (message === false) this.#leaving = true;
      else this.#receive(message);
    } catch (error) {
      this.#failure ??= channelError(error, `queue ${queue}`);
    }
    this.#asked -= 1;
    if (this.#failure === undefined) this.#ask();
    onChange();
  }

  #receive(message: GetMessage): void {
    this.received += 1;
    if (this.#discards) return;
    const delivery = toDelivery(message);
    const bytes = bytesOf(delivery);
    this.#buffer.push(delivery);
    this.averageBytes += (bytes - this.averageBytes) * Math.max(SIZE_WEIGHT, 1 / this.received);
    this.#options.room.add(bytes);
  }
}
