import { ConnectError, type ConnectRecord } from '../api/index.ts';
import { topicOfQueue } from '../kit/index.ts';
import { recordToMessage } from '../rocketmq/record-mapping.ts';
import { messageToSinkRecord, storedToMessage } from '../rocketmq/sink-record.ts';
import type { QueueMessages, QueuesModule, StoredMessage, TopicQueues } from '../rocketmq/types.ts';

/** A queue gives so many messages at a time. */
const READ_AT_ONCE = 32;
const FIRST_STORED_AT = 1_700_000_000_000;

/** The queues of a topic in memory. What they hold is what a source of this product writes to RocketMQ. */
export class MemoryQueues implements TopicQueues {
  readonly names: readonly string[];
  readonly #queues = new Map<string, StoredMessage[]>();

  readonly module: QueuesModule = {
    openQueues: async () => this,
    openShared: async () => {
      throw new ConnectError('WRONG_STATE', 'queues in memory are not shared', { remedy: 'test with positions' });
    },
    listTopics: async () => [...new Set(this.names.map(topicOfQueue))],
    messageToSinkRecord,
    storedToMessage,
  };

  constructor(topic: string, queues: number) {
    this.names = Array.from({ length: queues }, (_, queue) => `${topic}:memory:${queue}`);
    for (const name of this.names) this.#queues.set(name, []);
  }

  /** `orderingKeyOf`: of a record by its place. Default: they have none. */
  put(name: string, records: readonly ConnectRecord[], orderingKeyOf?: (index: number) => string): void {
    const queue = this.#of(name);
    for (const [index, record] of records.entries()) {
      const offset = queue.length;
      const { body, keys, properties } = recordToMessage('conformance', { ...record, partition: name, id: String(offset), position: '' });
      const stored = new Map([...properties, ['KEYS', keys.join(' ')]]);
      if (orderingKeyOf !== undefined) stored.set('__SHARDINGKEY', orderingKeyOf(index));
      const at = FIRST_STORED_AT + offset;
      queue.push({ queue: this.names.indexOf(name), offset, body, properties: stored, bornAt: at, storedAt: at });
    }
  }

  async bounds(name: string) {
    return { min: 0, max: this.#of(name).length };
  }

  async storedAt(name: string, offset: number): Promise<number | undefined> {
    return this.#of(name)[offset]?.storedAt;
  }

  async at(name: string, time: number): Promise<number> {
    const index = this.#of(name).findIndex(({ storedAt }) => storedAt >= time);
    return index === -1 ? this.#of(name).length : index;
  }

  read(name: string, { from, to }: { readonly from: number; readonly to: number }): QueueMessages {
    let next = from;
    return {
      next: async () => {
        const messages = this.#of(name).slice(next, Math.min(to, next + READ_AT_ONCE));
        next += messages.length;
        return messages.length === 0 ? undefined : messages;
      },
    };
  }

  async offsetOf() {
    return undefined;
  }

  /** Nobody asks where its groups are. */
  async tell() {
    return [];
  }

  close(): void {}

  #of(name: string): StoredMessage[] {
    return this.#queues.get(name) as StoredMessage[];
  }
}
