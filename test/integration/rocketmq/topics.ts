import { setTimeout as sleep } from 'node:timers/promises';
import { RocketmqAdmin, type TopicOptions } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { silentLogger } from '../../../src/api/index.ts';
import { openProducer } from '../../../src/rocketmq/open-producer.ts';
import type { StoredMessage } from '../../../src/rocketmq/stored-message.ts';
import type { BatchProducer, RocketmqConfig } from '../../../src/rocketmq/types.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';

const DISPATCH_LIMIT_MS = 10_000;

/** Topics of one test file on one RocketMQ, removed with it. */
export class Topics {
  readonly namesrv: string;
  readonly admin: RocketmqAdmin;
  readonly #topics: string[] = [];
  readonly #producers: BatchProducer[] = [];

  private constructor(namesrv: string, admin: RocketmqAdmin) {
    this.namesrv = namesrv;
    this.admin = admin;
  }

  /** On the tests' own RocketMQ, or the one with this name server. */
  static async open(address?: string): Promise<Topics> {
    const namesrv = address ?? (await stackAddresses()).rocketmqNamesrv;
    return new Topics(namesrv, await RocketmqAdmin.open(namesrv));
  }

  async create(options?: TopicOptions): Promise<string> {
    const topic = uniqueName('producer');
    await this.admin.createTopic(topic, options);
    this.#topics.push(topic);
    return topic;
  }

  config(topic: string, given: Partial<RocketmqConfig> = {}): RocketmqConfig {
    return { endpoints: this.namesrv, topic, namespace: '', tls: false, requestTimeoutMs: 3_000, ...given };
  }

  async producer(topic: string, given: Partial<RocketmqConfig> = {}): Promise<BatchProducer> {
    const producer = await openProducer(this.config(topic, given), silentLogger);
    this.#producers.push(producer);
    return producer;
  }

  /** The topic by queue, once it holds at least `count` messages: a broker shows what it stored a moment later. */
  async read(topic: string, count: number): Promise<StoredMessage[][]> {
    for (const deadline = Date.now() + DISPATCH_LIMIT_MS; ; await sleep(20)) {
      const stats = (await this.admin.topicStats(topic)) ?? [];
      const held = stats.reduce((sum, { min, max }) => sum + max - min, 0);
      if (held >= count) return this.admin.readTopic(topic);
      if (Date.now() > deadline) throw new Error(`topic ${topic} holds ${held} messages, not ${count}`);
    }
  }

  /** The bodies of a queue before the message with body `end`, once that is there. */
  async readUntil(topic: string, queue: number, end: string): Promise<string[]> {
    for (const deadline = Date.now() + DISPATCH_LIMIT_MS; ; await sleep(20)) {
      const bodies: string[] = [];
      for await (const chunk of this.admin.readQueue(topic, queue)) bodies.push(...chunk.map(({ body }) => body.toString()));
      const index = bodies.indexOf(end);
      if (index >= 0) return bodies.slice(0, index);
      if (Date.now() > deadline) throw new Error(`queue ${queue} of topic ${topic} never got its last message`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const producer of this.#producers) await producer.close();
    for (const topic of this.#topics) await this.admin.deleteTopic(topic);
    this.admin.close();
  }
}
