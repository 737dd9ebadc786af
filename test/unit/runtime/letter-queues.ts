import { QueueReader } from '../../../src/rocketmq/queue-reader.ts';
import type { QueueMessages, ReadRange, StoredMessage, TopicQueues } from '../../../src/rocketmq/types.ts';

/** Stored at a second of its own. */
export const messageWith = (offset: number, properties: Iterable<readonly [string, string]> = [], body = `${offset}`): StoredMessage => ({
  queue: 0,
  offset,
  body: Buffer.from(body),
  properties: new Map(properties),
  bornAt: offset * 1_000,
  storedAt: offset * 1_000,
});

/** Queues of a topic in memory, by name. Offsets that no message has are gaps; those before the first message are removed. */
export class LetterQueues implements TopicQueues {
  readonly #messages: ReadonlyMap<string, readonly StoredMessage[]>;
  closed = 0;

  constructor(messages: Readonly<Record<string, readonly StoredMessage[]>>) {
    this.#messages = new Map(Object.entries(messages));
  }

  get names(): string[] {
    return [...this.#messages.keys()];
  }

  async bounds(name: string) {
    const messages = this.#of(name);
    return { min: messages[0]?.offset ?? 0, max: (messages.at(-1)?.offset ?? -1) + 1 };
  }

  async storedAt(name: string, offset: number): Promise<number | undefined> {
    return this.#of(name).find((message) => message.offset === offset)?.storedAt;
  }

  async at(name: string, time: number): Promise<number> {
    return this.#of(name).find(({ storedAt }) => storedAt >= time)?.offset ?? (await this.bounds(name)).max;
  }

  read(name: string, place: ReadRange): QueueMessages {
    const pull = async (from: number, count: number) => {
      const messages = this.#of(name).filter(({ offset }) => offset >= from);
      const given = messages.slice(0, Math.min(count, 5));
      return { messages: given, next: given[0]?.offset ?? from };
    };
    return new QueueReader({ ...place, pull });
  }

  async offsetOf(): Promise<undefined> {}

  async tell(): Promise<string[]> {
    return [];
  }

  close(): void {
    this.closed += 1;
  }

  #of(name: string): readonly StoredMessage[] {
    return this.#messages.get(name) ?? [];
  }
}
