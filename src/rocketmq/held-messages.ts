import pMap from 'p-map';
import { toConnectError } from '../api/index.ts';
import { untilAborted, withPatience } from '../kit/index.ts';
import type { GrpcConsumer, Received } from './grpc/consumer/grpc-consumer.ts';
import type { SharedMessage } from './shared-queues.ts';

const AT_ONCE = 32;
/** A message whose time is over comes again at once. RocketMQ takes no 0. */
const AT_LAST_MS = 1;

interface Held extends Pick<Received, 'topic' | 'endpoints'> {
  readonly messageId: string;
  handle: string;
  /** ms since 1970. */
  renewAt: number;
  /** RocketMQ is being asked for more time. */
  renewal?: Promise<void>;
}

/** An answer to a message: where it goes, and by which handle. */
export interface Answerable extends Pick<Received, 'topic' | 'endpoints'> {
  readonly entry: { readonly messageId: string; readonly receiptHandle: string };
}

/** The messages that a run holds, with the time in which no one else is given them. It asks for more time before that is over. */
export class HeldMessages {
  readonly #consumer: Pick<GrpcConsumer, 'setInvisible'>;
  readonly #invisibleMs: number;
  readonly #held = new Map<SharedMessage, Held>();
  #timer: NodeJS.Timeout | undefined;

  constructor(consumer: Pick<GrpcConsumer, 'setInvisible'>, invisibleMs: number) {
    this.#consumer = consumer;
    this.#invisibleMs = invisibleMs;
  }

  /** `since`: when it was asked for, ms since 1970. Others have not been without it for longer. */
  add(message: SharedMessage, { topic, endpoints, wire }: Received, since: number): void {
    const { messageId = '', receiptHandle = '' } = wire.systemProperties ?? {};
    this.#held.set(message, { topic, endpoints, messageId, handle: receiptHandle, renewAt: this.#renewalAfter(since) });
    this.#timer ??= setTimeout(() => this.#renewDue(), this.#invisibleMs / 8);
  }

  /** Lets go of messages, for an answer to each. A renewal that is on its way gives another handle, and is awaited. */
  async take(messages: Iterable<SharedMessage>): Promise<Answerable[]> {
    const taken: Held[] = [];
    for (const message of messages) {
      const held = this.#held.get(message);
      if (held === undefined) continue;
      this.#held.delete(message);
      taken.push(held);
    }
    await Promise.all(taken.map(({ renewal }) => renewal));
    return taken.map(({ topic, endpoints, messageId, handle }) => ({ topic, endpoints, entry: { messageId, receiptHandle: handle } }));
  }

  /** See `SharedQueues.giveBack`. */
  async giveBackAll(ms: number): Promise<void> {
    const giveBack = ({ topic, endpoints, entry }: Answerable) => this.#consumer.setInvisible(topic, endpoints, entry, AT_LAST_MS);
    const all = async () =>
      pMap(await this.take([...this.#held.keys()]), (each) => giveBack(each).catch(() => {}), { concurrency: AT_ONCE });
    await withPatience(ms, (late) => untilAborted(all(), late)).catch(() => {});
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#held.clear();
  }

  async #renewDue(): Promise<void> {
    const now = Date.now();
    const due = [...this.#held.values()].filter(({ renewAt, renewal }) => renewAt <= now && renewal === undefined);
    await pMap(due, (held) => this.#renew(held), { concurrency: AT_ONCE });
    this.#timer = this.#held.size === 0 ? undefined : setTimeout(() => this.#renewDue(), this.#invisibleMs / 8);
  }

  /** Without more time the message comes again, and is written again: nothing is lost. */
  async #renew(held: Held): Promise<void> {
    const { topic, endpoints, messageId, handle } = held;
    const asked = Date.now();
    const renew = async () => {
      try {
        const handleNow = await this.#consumer.setInvisible(topic, endpoints, { messageId, receiptHandle: handle }, this.#invisibleMs);
        if (handleNow !== undefined && handleNow !== '') held.handle = handleNow;
        held.renewAt = handleNow === undefined ? Number.POSITIVE_INFINITY : this.#renewalAfter(asked);
      } catch (error) {
        if (!toConnectError(error).retriable) held.renewAt = Number.POSITIVE_INFINITY;
      }
      delete held.renewal;
    };
    held.renewal = renew();
    await held.renewal;
  }

  #renewalAfter(since: number): number {
    return since + this.#invisibleMs / 2;
  }
}
