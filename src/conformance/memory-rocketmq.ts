import type { SourceRecord } from '../api/index.ts';
import { problem } from '../rocketmq/limits.ts';
import { recordToMessage } from '../rocketmq/record-mapping.ts';
import { type OutgoingMessage, RefusedError, type RocketmqModule } from '../rocketmq/types.ts';

const QUEUES = 4;

/** A topic in memory. Records become messages as for RocketMQ itself, and are refused as it would refuse them. */
export class MemoryRocketmq {
  /** In the order of arrival. */
  readonly arrived: SourceRecord[] = [];
  /** Called before each send; what it throws is the answer to the send. */
  beforeSend: () => Promise<void> = async () => {};
  readonly #records = new WeakMap<OutgoingMessage, SourceRecord>();

  readonly module: RocketmqModule = {
    recordToMessage: (connector, record) => {
      const message = recordToMessage(connector, record);
      this.#records.set(message, record);
      return message;
    },
    openProducer: async () => ({
      queues: QUEUES,
      problem,
      close: async () => {},
      send: async (_queue, messages) => {
        await this.beforeSend();
        for (let index = 0; index < messages.length; index += 1) {
          const message = messages.at(index) as OutgoingMessage;
          const refused = problem(message);
          if (refused !== undefined) throw new RefusedError(index, refused);
          this.arrived.push(this.#records.get(message) as SourceRecord);
        }
      },
    }),
  };

  /** What arrived of one partition. */
  of(partition: string): SourceRecord[] {
    return this.arrived.filter((record) => record.partition === partition);
  }
}
