import type { Channel, ConsumeMessage, Options } from 'amqplib';
import { ConnectError, type ReceiveRoom } from '../../api/index.ts';
import type { RabbitmqConnection } from './connection.ts';
import { channelError } from './errors.ts';
import type { Feed } from './feed.ts';
import { type Delivery, toDelivery } from './intake.ts';

/** Weight of the newest message in the average size: follows a change within some hundred messages. */
export const SIZE_WEIGHT = 1 / 64;

export interface SubscriptionOptions {
  readonly connection: RabbitmqConnection;
  readonly room: ReceiveRoom;
  readonly queue: string;
  /** Called after each message, and when there will be none any more. */
  readonly onChange: () => void;
}

/** A consumer on a channel of its own, and what it received and did not hand out. Delivery tags count from 1 as messages come. */
export class Subscription implements Feed {
  readonly #options: SubscriptionOptions;
  readonly #buffer: Delivery[] = [];
  #channel: Channel | undefined;
  #opening: Promise<void> | undefined;
  #tag: string | undefined;
  #changing: Promise<void> | undefined;
  #wanted: { readonly window: number; readonly args: () => Options.Consume['arguments'] } | undefined;
  /** No consumer follows this one. */
  #leaving = false;
  /** What it holds and what still comes is not kept. */
  #discards = false;
  /** Messages that earlier consumers received: they don't count for the window of this one. */
  #receivedBefore = 0;
  /** Delivery tag up to which RocketMQ has all messages. */
  #copied = 0;
  #failure: ConnectError | undefined;
  /** Messages that the server sends ahead of their acknowledgement. */
  window = 0;
  received = 0;
  /** Of those, what the server was told to be copied. */
  acknowledged = 0;
  /** Of one message, about. */
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

  open(): Promise<void> {
    this.#opening = this.#open();
    return this.#opening;
  }

  /** Begins to consume, once it is open. */
  begin(window: number, args: Options.Consume['arguments'] = {}): void {
    this.window = window;
    this.#change(() => this.#consume(window, args));
  }

  /**
   * From the next time that the window is full on, another one is in force. Not sooner: a consumer has to be replaced for it,
   * and quorum queues lose their order where messages are on their way to the old one. `args`: those to go on with then.
   */
  resize(window: number, args: () => Options.Consume['arguments'] = () => ({})): void {
    this.#wanted = { window, args };
  }

  /** Begins to end the consumer: no more messages come after `onChange` was called. What was received stays. */
  cancel(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    const before = this.#changing;
    this.#change(async () => {
      await before;
      await this.#stopConsuming();
    });
  }

  /** As `cancel`, and nothing that it holds will be handed out. */
  abandon(): void {
    this.#discard();
    this.cancel();
  }

  /** No more messages come. */
  get ended(): boolean {
    return this.#changing === undefined && this.#tag === undefined;
  }

  /** Hands out the first `count` messages. */
  remove(count: number): void {
    for (const delivery of this.#buffer.splice(0, count)) this.#options.room.remove(bytesOf(delivery));
  }

  /** Tells the server that all up to this delivery tag are copied. Without effect where the channel is gone. */
  acknowledge(deliveryTag: number): void {
    if (deliveryTag <= this.#copied) return;
    this.#copied = deliveryTag;
    const wanted = this.#wanted;
    if (wanted === undefined || this.#changing !== undefined || this.#tag === undefined || !this.isFull) {
      this.#sendCopied();
      return;
    }
    this.#wanted = undefined;
    this.#change(async () => {
      await this.#stopConsuming();
      if (!this.#leaving) await this.#consume(wanted.window, wanted.args());
    });
  }

  /** The server may send nothing before it is told of copied messages. */
  get isFull(): boolean {
    return this.received - Math.max(this.acknowledged, this.#receivedBefore) >= this.window;
  }

  /**
   * Closes the channel: what is not acknowledged is back in its place in the queue when it returns. `processed` is awaited before, where
   * something was acknowledged: closing a channel may overtake that.
   */
  async close(processed: () => Promise<void> = async () => {}): Promise<void> {
    const { connection } = this.#options;
    this.#leaving = true;
    this.#discard();
    await this.#opening?.catch(() => {});
    while (this.#changing !== undefined) await this.#changing;
    const channel = this.#channel;
    if (channel === undefined || connection.failure !== undefined) return;
    this.#sendCopied();
    try {
      if (this.acknowledged > 0 && this.#failure === undefined) await processed();
    } finally {
      // A channel that failed may be closed already.
      await connection.answered(() => channel.close()).catch((error) => this.#failure ?? Promise.reject(error));
    }
  }

  /** Were there no room for what still comes, the server's answers could not be read, nor what others wait for. */
  #discard(): void {
    this.#discards = true;
    this.remove(this.#buffer.length);
  }

  async #open(): Promise<void> {
    const { connection, queue, onChange } = this.#options;
    this.#channel = await connection.openChannel((error) => {
      this.#failure ??= channelError(error, `queue ${queue}`);
      onChange();
    });
  }

  async #consume(window: number, args: Options.Consume['arguments']): Promise<void> {
    const { connection, queue } = this.#options;
    const channel = this.#channel as Channel;
    try {
      this.window = window;
      this.#receivedBefore = this.received;
      const { consumerTag } = await connection.answered(async () => {
        await channel.prefetch(window);
        return channel.consume(queue, (message) => this.#receive(message), { arguments: args });
      });
      this.#tag = consumerTag;
    } catch (error) {
      throw channelError(error, `queue ${queue}`);
    }
  }

  #sendCopied(): void {
    // A consumer that is being replaced must find the window full.
    if (this.#changing !== undefined || this.#copied === this.acknowledged || this.failure !== undefined) return;
    this.acknowledged = this.#copied;
    this.#channel?.ack({ fields: { deliveryTag: this.acknowledged } } as ConsumeMessage, true);
  }

  async #stopConsuming(): Promise<void> {
    const tag = this.#tag;
    if (tag === undefined) return;
    await this.#options.connection.answered(() => (this.#channel as Channel).cancel(tag));
    this.#tag = undefined;
  }

  #change(work: () => Promise<void>): void {
    const { queue, onChange } = this.#options;
    const changing = work()
      .catch((error) => {
        this.#failure ??= channelError(error, `queue ${queue}`);
      })
      .finally(() => {
        if (this.#changing !== changing) return;
        this.#changing = undefined;
        this.#sendCopied();
        onChange();
      });
    this.#changing = changing;
  }

  #receive(message: ConsumeMessage | null): void {
    const { room, queue, onChange } = this.#options;
    if (message === null) {
      this.#failure ??= new ConnectError('UNREACHABLE', `the server ended the consumer of queue ${queue}`, {
        retriable: true,
        remedy: 'check whether the queue was deleted or its node went away; what was not acknowledged is still there',
      });
    } else if (!this.#discards) {
      const delivery = toDelivery(message);
      const bytes = bytesOf(delivery);
      this.#buffer.push(delivery);
      this.received += 1;
      this.averageBytes += (bytes - this.averageBytes) * Math.max(SIZE_WEIGHT, 1 / this.received);
      room.add(bytes);
    }
    onChange();
  }
}

export const bytesOf = ({ body, rawProperties }: Delivery): number => body.length + rawProperties.length;
