import type { Channel, ConsumeMessage, GetMessage } from 'amqplib';
import type { ConnectError } from '../../../api/index.ts';
import type { ReceiveRoom } from '../../../kit/index.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import { channelError } from '../protocol/errors.ts';
import { type Delivery, toDelivery } from '../protocol/intake.ts';

export interface QueueFeedOptions {
  readonly connection: RabbitmqConnection;
  readonly room: ReceiveRoom;
  readonly queue: string;
  /** Called after each message, and when no more will come. */
  readonly onChange: () => void;
}

/** Brings a queue's messages, in order, on a channel of its own. Delivery tags count from 1 as messages come. */
export abstract class QueueFeed {
  protected readonly options: QueueFeedOptions;
  readonly #buffer: DeliveryBuffer;
  #channel: Channel | undefined;
  #opening: Promise<void> | undefined;
  #failure: ConnectError | undefined;
  #discards = false;
  /** Messages that come ahead of their acknowledgement. */
  window = 0;
  /** Delivery tag up to which the server knows that messages are copied. */
  acknowledged = 0;

  constructor(options: QueueFeedOptions) {
    this.options = options;
    this.#buffer = new DeliveryBuffer(options.room);
  }

  /** No more messages come. */
  abstract get ended(): boolean;
  /** Nothing may come before the server is told of copied messages. */
  abstract get isFull(): boolean;
  abstract begin(window: number): void;
  /** Another window, soon. */
  abstract resize(window: number): void;
  /** Tells the server that all up to this delivery tag are copied. Without effect where the channel is gone. */
  abstract acknowledge(deliveryTag: number): void;
  /** Begins to end: no more messages come after `onChange` was called. What was received stays. */
  abstract cancel(): void;
  /** Resolves when the server has answered everything, and knows of all copied messages. */
  protected abstract settled(): Promise<void>;

  get failure(): ConnectError | undefined {
    return this.#failure ?? (this.#channel === undefined ? undefined : this.options.connection.failure);
  }

  /** Received and not handed out. */
  get buffered(): readonly Delivery[] {
    return this.#buffer.deliveries;
  }

  get received(): number {
    return this.#buffer.received;
  }

  /** Of one message, about. */
  get averageBytes(): number {
    return this.#buffer.averageBytes;
  }

  open(): Promise<void> {
    this.#opening = this.#open();
    return this.#opening;
  }

  /** Hands out the first `count` messages. */
  remove(count: number): void {
    this.#buffer.remove(count);
  }

  /** As `cancel`, and nothing that it holds is handed out. */
  abandon(): void {
    this.#discard();
    this.cancel();
  }

  /**
   * Closes the channel: what is not acknowledged is back in its place in the queue when it returns. `processed` is awaited before, where
   * something was acknowledged: closing a channel may overtake that.
   */
  async close(processed: () => Promise<void> = async () => {}): Promise<void> {
    const { connection } = this.options;
    this.#discard();
    await this.#opening?.catch(() => {});
    await this.settled();
    const channel = this.#channel;
    if (channel === undefined || connection.failure !== undefined) return;
    try {
      if (this.acknowledged > 0 && this.#failure === undefined) await processed();
    } finally {
      // A channel that failed may be closed already.
      await connection.answered(() => channel.close()).catch((error) => this.#failure ?? Promise.reject(error));
    }
  }

  /** The open channel. */
  protected get channel(): Channel {
    return this.#channel as Channel;
  }

  protected receive(message: ConsumeMessage | GetMessage): void {
    if (!this.#discards) this.#buffer.add(toDelivery(message));
  }

  protected fail(error: unknown): void {
    this.#failure ??= channelError(error, `queue ${this.options.queue}`, this.options.connection.section);
  }

  protected sendAcknowledgement(deliveryTag: number): void {
    this.acknowledged = deliveryTag;
    this.#channel?.ack({ fields: { deliveryTag } } as ConsumeMessage, true);
  }

  async #open(): Promise<void> {
    this.#channel = await this.options.connection.openChannel((error) => {
      this.fail(error);
      this.options.onChange();
    });
  }

  /** Were there no room for what still comes, the server's answers could not be read, nor what others wait for. */
  #discard(): void {
    this.#discards = true;
    this.#buffer.remove();
  }
}

/** Weight of the newest message in the average size: follows a change within some hundred messages. */
const SIZE_WEIGHT = 1 / 64;

/** Messages of one queue that were received and not handed out. */
class DeliveryBuffer {
  readonly #room: ReceiveRoom;
  readonly #deliveries: Delivery[] = [];
  #received = 0;
  #averageBytes = 0;

  constructor(room: ReceiveRoom) {
    this.#room = room;
  }

  get deliveries(): readonly Delivery[] {
    return this.#deliveries;
  }

  /** All that ever came. */
  get received(): number {
    return this.#received;
  }

  /** Of one message, about. */
  get averageBytes(): number {
    return this.#averageBytes;
  }

  add(delivery: Delivery): void {
    const bytes = bytesOf(delivery);
    this.#deliveries.push(delivery);
    this.#received += 1;
    this.#averageBytes += (bytes - this.#averageBytes) * Math.max(SIZE_WEIGHT, 1 / this.#received);
    this.#room.add(bytes);
  }

  /** Hands out the first `count` messages; all where it is absent. */
  remove(count = this.#deliveries.length): void {
    for (const delivery of this.#deliveries.splice(0, count)) this.#room.remove(bytesOf(delivery));
  }
}

const bytesOf = ({ body, rawProperties }: Delivery): number => body.length + rawProperties.length;
