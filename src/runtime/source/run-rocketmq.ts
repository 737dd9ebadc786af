import type { SourceRecord } from '../../api/index.ts';
import type { OutgoingMessage, TopicProducer } from '../../rocketmq/types.ts';
import type { Run } from '../run/run.ts';
import type { DeliveryOptions } from './delivery-times.ts';

/** What a run sends its records with. */
export interface Rocketmq {
  readonly connector: string;
  /** The topic of the records that name none. */
  readonly topic: string;
  readonly toMessage: (record: SourceRecord) => OutgoingMessage;
  readonly openProducer: (topic: string, use?: 'dead letters') => Promise<TopicProducer>;
  /** When messages of DELAY topics are delivered. Default: at once. */
  readonly delivery?: DeliveryOptions;
}

/**
 * RocketMQ as one run uses it. Its client is loaded with the first record. Producers are opened for each run: queues may come and go
 * between two, and all records of a key must be spread over the same number of queues.
 */
export class RunRocketmq {
  readonly #run: Run;
  readonly #producers: TopicProducer[] = [];
  #loaded: Promise<Rocketmq> | undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  load(): Promise<Rocketmq> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  /** Closes the producers, one after the other. `onError` takes what goes wrong. */
  async close(onError: (error: unknown) => void): Promise<void> {
    for (const producer of this.#producers) await producer.close().catch(onError);
  }

  async #load(): Promise<Rocketmq> {
    const { item, deps, secrets } = this.#run;
    const { openProducer, recordToMessage } = await deps.loadRocketmq();
    const config = await secrets.rocketmq();
    return {
      connector: item.connector,
      // A source always has one.
      topic: config.topic as string,
      toMessage: (record) => recordToMessage(item.connector, record),
      delivery: config,
      openProducer: async (topic, use) => {
        const producer = await openProducer({ ...config, topic, ...(use !== undefined && { plainOnly: true }) }, deps.logger);
        this.#producers.push(producer);
        return producer;
      },
    };
  }
}
