import type { ConsumeMessage, Options } from 'amqplib';
import { ConnectError } from '../../../api/index.ts';
import { State } from '../../../kit/index.ts';
import { QueueFeed } from './queue-feed.ts';

/** `changing`: the server is asked to begin, end or replace the consumer. */
type Phase = 'idle' | 'changing' | 'consuming';

/**
 * Has the server send messages to a consumer.
 *
 *          begin              it consumes, or could not be ended
 *   idle ─────────▶ changing ────────────────────────────────────▶ consuming
 *     ▲              │  ▲ ▲                                            │
 *     └──────────────┘  │ └────────────────────────────────────────────┘
 *       it has ended,   └ cancel, while   cancel, or acknowledge where another window is wanted
 *       or could not      it changes
 *       begin
 */
export class Subscription extends QueueFeed {
  readonly #phase = new State<Phase>('idle', {
    idle: ['changing'],
    changing: ['changing', 'consuming', 'idle'],
    consuming: ['changing'],
  });
  /** The consumer's; undefined where there is none. */
  #tag: string | undefined;
  /** The last change, also when it is over. */
  #changing: Promise<void> | undefined;
  #wanted: { readonly window: number; readonly args: () => Options.Consume['arguments'] } | undefined;
  /** No consumer follows this one. */
  #leaving = false;
  /** Messages that earlier consumers received: they don't count for the window of this one. */
  #receivedBefore = 0;
  /** Delivery tag up to which RocketMQ has all messages. */
  #copied = 0;

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

  /** No more messages come. */
  get ended(): boolean {
    return this.#phase.now === 'idle';
  }

  /** Tells the server that all up to this delivery tag are copied. Without effect where the channel is gone. */
  acknowledge(deliveryTag: number): void {
    if (deliveryTag <= this.#copied) return;
    this.#copied = deliveryTag;
    const wanted = this.#wanted;
    if (wanted === undefined || this.#phase.now !== 'consuming' || !this.isFull) {
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

  protected async settled(): Promise<void> {
    this.#leaving = true;
    while (this.#phase.now === 'changing') await this.#changing;
    this.#sendCopied();
  }

  async #consume(window: number, args: Options.Consume['arguments']): Promise<void> {
    const { connection, queue } = this.options;
    const { channel } = this;
    this.window = window;
    this.#receivedBefore = this.received;
    const { consumerTag } = await connection.answered(async () => {
      await channel.prefetch(window);
      return channel.consume(queue, (message) => this.#receive(message), { arguments: args });
    });
    this.#tag = consumerTag;
  }

  #sendCopied(): void {
    // A consumer that is being replaced must find the window full.
    if (this.#phase.now === 'changing' || this.#copied === this.acknowledged || this.failure !== undefined) return;
    this.sendAcknowledgement(this.#copied);
  }

  async #stopConsuming(): Promise<void> {
    const tag = this.#tag;
    if (tag === undefined) return;
    await this.options.connection.answered(() => this.channel.cancel(tag));
    this.#tag = undefined;
  }

  #change(work: () => Promise<void>): void {
    const changing = work()
      .catch((error) => this.fail(error))
      .finally(() => {
        if (this.#changing !== changing) return;
        this.#phase.enter(this.#tag === undefined ? 'idle' : 'consuming');
        this.#sendCopied();
        this.options.onChange();
      });
    this.#changing = changing;
    this.#phase.enter('changing');
  }

  #receive(message: ConsumeMessage | null): void {
    const { queue, onChange } = this.options;
    if (message === null) {
      const remedy = 'check whether the queue was deleted or its node went away; what was not acknowledged is still there';
      this.fail(new ConnectError('UNREACHABLE', `the server ended the consumer of queue ${queue}`, { retriable: true, remedy }));
    } else this.receive(message);
    onChange();
  }
}
