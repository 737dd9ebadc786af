import { setTimeout as sleep } from 'node:timers/promises';
import { toConnectError } from '../api/index.ts';
import { backOff } from '../kit/index.ts';
import type { GrpcConsumer } from './grpc/consumer/grpc-consumer.ts';
import { type Answerable, HeldMessages } from './held-messages.ts';
import { receivedMessage } from './received-message.ts';
import { receivedPlace } from './received-place.ts';
import type { SharedMessage, SharedQueues, Sharing } from './shared-queues.ts';

/** A proxy refuses to give more at once. */
const MOST_RECEIVED = 32;
/** Entries of one request. */
const MOST_ACKNOWLEDGED = 128;
const LAST_ATTEMPT = 3;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

export interface GroupOptions extends Sharing {
  /** The names of the topics without namespace, by those with it. */
  readonly topics: ReadonlyMap<string, string>;
}

/** Receives as one consumer of a group, and keeps for itself what it holds. */
export class GroupConsumer implements SharedQueues {
  readonly #consumer: GrpcConsumer;
  readonly #options: GroupOptions;
  readonly #held: HeldMessages;

  constructor(consumer: GrpcConsumer, options: GroupOptions) {
    this.#consumer = consumer;
    this.#options = options;
    this.#held = new HeldMessages(consumer, options.invisibleMs);
  }

  get isFifo(): boolean {
    return this.#consumer.isFifo;
  }

  get places(): number {
    return this.#consumer.places;
  }

  roundTrips(): Promise<void> {
    return this.#consumer.roundTrips();
  }

  get arrived(): number {
    return this.#consumer.arrived;
  }

  async receive(place: number, most: number, signal: AbortSignal): Promise<readonly SharedMessage[]> {
    // RocketMQ counts from when it gave a message away, and the answer may have been long on its way.
    const asked = Date.now();
    const received = await this.#consumer.receive(place, Math.min(MOST_RECEIVED, most), signal);
    return received.map((each) => {
      const topic = this.#options.topics.get(each.topic) as string;
      const partition = receivedPlace(each, { topic, group: this.#options.group });
      const message = { topic, partition, message: receivedMessage(each) };
      this.#held.add(message, each, asked);
      return message;
    });
  }

  async acknowledge(messages: readonly SharedMessage[]): Promise<number> {
    const answers = await this.#held.take(messages);
    const byPlace = Map.groupBy(answers, ({ topic, endpoints }) => `${topic} ${endpoints.facade}`);
    const requests = [...byPlace.values()].flatMap((all) => chunks(all, MOST_ACKNOWLEDGED));
    const late = await Promise.all(requests.map((request) => this.#acknowledge(request)));
    return late.reduce((sum, count) => sum + count, 0);
  }

  giveBack(ms: number): Promise<void> {
    return this.#held.giveBackAll(ms);
  }

  async close(): Promise<void> {
    this.#held.close();
    await this.#consumer.close();
  }

  /** The target has them: a proxy that does not answer now is asked again before they come again for nothing. */
  async #acknowledge(answers: readonly Answerable[]): Promise<number> {
    const [{ topic, endpoints }] = answers as readonly [Answerable];
    const entries = answers.map(({ entry }) => entry);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return (await this.#consumer.acknowledge(topic, endpoints, entries)).size;
      } catch (error) {
        if (attempt === LAST_ATTEMPT || !toConnectError(error).retriable) throw error;
        await sleep(backOff(attempt, FIRST_PAUSE_MS, LONGEST_PAUSE_MS));
      }
    }
  }
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
}
