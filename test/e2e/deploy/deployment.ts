import { Producer } from '@platformatic/kafka';
import { KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';
import { Cloud } from './cloud.ts';
import { type ConnectorFileOptions, connectorFile } from './connector-file.ts';
import { Service, type SlsResult } from './service.ts';

const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4'] as const;
const PARTITIONS = COMPRESSIONS.length;

type KafkaConnector = Omit<ConnectorFileOptions, 'type' | 'source' | 'target'> & {
  /** A Kafka topic. */
  readonly source?: string;
};

/** A stage of the service that nothing else uses, with a Kafka topic and a RocketMQ topic for its connectors. */
export class Deployment {
  readonly stage = uniqueName('e2e');
  /** Of the stack, and of all resources that are named. */
  readonly name = `rocketmq-connect-${this.stage}`;
  /** Both topics. */
  readonly topic = uniqueName('deploy');
  /** A Kafka topic without a record. */
  readonly quietTopic = uniqueName('quiet');
  readonly cloud: Cloud;
  readonly service: Service;
  readonly kafka: KafkaTopics;
  readonly rocketmq: RocketmqAdmin;
  readonly stack: StackAddresses;
  readonly #producer: Producer;

  private constructor(stack: StackAddresses, cloud: Cloud, service: Service, rocketmq: RocketmqAdmin) {
    this.stack = stack;
    this.cloud = cloud;
    this.service = service;
    this.kafka = new KafkaTopics(stack.kafka);
    this.rocketmq = rocketmq;
    this.#producer = new Producer({ clientId: 'e2e', bootstrapBrokers: [stack.kafka] });
  }

  /** Default service: the project itself. */
  static async prepare(service?: Service): Promise<Deployment> {
    const stack = await stackAddresses();
    const rocketmq = await RocketmqAdmin.open(stack.rocketmqNamesrv);
    const folder = service ?? (await Service.create());
    const deployment = new Deployment(stack, await Cloud.start(stack, folder.folder), folder, rocketmq);
    await deployment.kafka.create(deployment.topic, PARTITIONS);
    await deployment.kafka.create(deployment.quietTopic, 1);
    await deployment.rocketmq.createTopic(deployment.topic);
    await deployment.cloud.createTable(deployment.name);
    return deployment;
  }

  /** Writes `connectors/<name>.yml`, from the one topic, or this one, to the other. */
  async writeConnector({ source = this.topic, ...options }: KafkaConnector): Promise<void> {
    await this.writeConnectorOf('kafka-source', { source: { bootstrapServers: [this.stack.kafka], topics: [source] }, ...options });
  }

  /** The same from another system. */
  async writeConnectorOf(type: string, options: Omit<ConnectorFileOptions, 'type' | 'target'>): Promise<void> {
    await this.service.writeConnector(options.name, connectorFile(this.stack, { type, target: this.topic, ...options }));
  }

  /** `sls('connect plan')` */
  sls(command: string, ...args: readonly string[]): Promise<SlsResult> {
    this.cloud.functions.retire();
    return this.service.sls([...command.split(' '), '--stage', this.stage, ...args], this.cloud.env);
  }

  /** `sls deploy`, which must not fail; resolves to what it printed. */
  async deploy(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.sls('deploy', ...args);
    if (code !== 0) throw new Error(output);
    return output;
  }

  /** Appends `count` records to each partition, those of a partition compressed in a way of its own. */
  async produce(count: number): Promise<void> {
    for (const [partition, compression] of COMPRESSIONS.entries()) {
      const texts = this.produced(count).filter((text) => text.startsWith(`${partition}/`));
      const messages = texts.map((text) => ({ topic: this.topic, partition, value: Buffer.from(text) }));
      await this.#producer.send({ messages, acks: -1, compression });
    }
  }

  /** Their values: `3/249`, partition and number. */
  produced(count: number): string[] {
    return Array.from({ length: PARTITIONS * count }, (_, index) => `${index % PARTITIONS}/${Math.floor(index / PARTITIONS)}`);
  }

  async clean(): Promise<void> {
    await this.kafka.delete(this.topic);
    await this.kafka.delete(this.quietTopic);
    await this.#producer.close();
    await this.kafka.close();
    await this.rocketmq.deleteTopic(this.topic);
    this.rocketmq.close();
    await this.cloud.stop();
    await this.service.remove();
  }
}
