import { RocketmqAdmin, type TopicOptions } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { silentLogger } from '../../../src/api/index.ts';
import { fullTopic } from '../../../src/rocketmq/full-topic.ts';
import { MAX_BODY_BYTES } from '../../../src/rocketmq/request-body.ts';
import type { RocketmqConfig, TopicProducer } from '../../../src/rocketmq/types.ts';
import { openProducer } from '../../../src/transport/open-producer.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';

/** The topics of one test file on one RocketMQ. They are removed with it. */
export class Topics {
  readonly namesrv: string;
  readonly admin: RocketmqAdmin;
  readonly #topics: string[] = [];
  readonly #producers: TopicProducer[] = [];

  private constructor(namesrv: string, admin: RocketmqAdmin) {
    this.namesrv = namesrv;
    this.admin = admin;
  }

  /** Opens them on the tests' own RocketMQ, or on the one with this name server. */
  static async open(address?: string): Promise<Topics> {
    const namesrv = address ?? (await stackAddresses()).rocketmqNamesrv;
    return new Topics(namesrv, await RocketmqAdmin.open(namesrv));
  }

  /** Resolves with its name, which is without the namespace. */
  async create({ namespace = '', ...options }: TopicOptions & { readonly namespace?: string } = {}): Promise<string> {
    const topic = uniqueName('producer');
    const full = fullTopic({ namespace, topic });
    await this.admin.createTopic(full, options);
    this.#topics.push(full);
    return topic;
  }

  /**
   * Opens a producer, a patient one by default: a request that is late on a busy machine would be sent again, and tests look for no repeat.
   */
  config(topic: string, given: Partial<RocketmqConfig> = {}): RocketmqConfig & { maxMessageBytes: number } {
    return {
      endpoints: this.namesrv,
      topic,
      namespace: '',
      tls: false,
      requestTimeoutMs: 20_000,
      maxMessageBytes: MAX_BODY_BYTES,
      ...given,
    };
  }

  async producer(topic: string, given: Partial<RocketmqConfig> = {}): Promise<TopicProducer> {
    const producer = await openProducer(this.config(topic, given), silentLogger);
    this.#producers.push(producer);
    return producer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const producer of this.#producers) await producer.close();
    await Promise.all(this.#topics.map((topic) => this.admin.deleteTopic(topic)));
    this.admin.close();
  }
}
