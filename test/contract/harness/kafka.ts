import { Admin } from '@platformatic/kafka';
import { type KafkaMessage, KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import { uniqueName } from '../../support/names.ts';
import { OwnServer } from '../../support/own-server.ts';
import { stackAddresses } from '../../support/stack.ts';
import { kafkaAdvertising, proxiedPort } from './kafka-advertising.ts';
import { denyReading } from './kafka-permissions.ts';
import type {
  ConfigOptions,
  LabMessage,
  LabSource,
  OwnLab,
  SourceHarness,
  SourceLab,
  WrongConfig,
  WrongConfigName,
} from './source-harness.ts';

/** One message of 1 MiB with its key and headers. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const REQUEST_BYTES = 1024 * 1024;
const PATIENT = { connectTimeoutMs: 30_000, requestTimeoutMs: 60_000 };

export const kafkaHarness: SourceHarness = {
  type: 'kafka-source',
  server: 'kafka',
  addressOption: 'source.bootstrapServers',
  async open() {
    return new KafkaLab((await stackAddresses()).kafka);
  },
  async openOwn(advertised) {
    return new OwnKafkaLab(await OwnServer.start(kafkaAdvertising(advertised)), advertised);
  },
};

class KafkaLab implements SourceLab {
  readonly bootstrap: string;
  /** Options that end the wait for a broker that a test took away. */
  readonly patience: { readonly requestTimeoutMs?: number } = {};
  readonly topics: KafkaTopics;
  readonly admin: Admin;
  readonly #created: string[] = [];
  readonly #undo: Array<() => Promise<void>> = [];

  constructor(bootstrap: string) {
    this.bootstrap = bootstrap;
    this.topics = new KafkaTopics(bootstrap);
    this.admin = new Admin({ clientId: 'lab', bootstrapBrokers: bootstrap.split(',') });
  }

  async createSource(partitions: number): Promise<LabSource> {
    const topic = uniqueName('contract');
    await this.topics.create(topic, partitions, [{ name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) }]);
    this.#created.push(topic);
    return new KafkaLabSource(this, topic, partitions);
  }

  get address(): string {
    return this.bootstrap;
  }

  /** A user who may not read the topic, until the lab is closed. */
  async forbid(topic: string): Promise<void> {
    this.#undo.push(await denyReading(this.admin, topic));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const undo of this.#undo) await undo();
    for (const topic of this.#created) await this.topics.delete(topic).catch(() => {});
    await Promise.all([this.topics.close(), this.admin.close()]);
  }
}

class OwnKafkaLab extends KafkaLab implements OwnLab {
  override readonly patience = { requestTimeoutMs: 4_000 };
  readonly #server: OwnServer;
  readonly #advertised: readonly string[];

  constructor(server: OwnServer, advertised: readonly string[]) {
    super(server.address('plaintext'));
    this.#server = server;
    this.#advertised = advertised;
  }

  addressBehind(advertised: string): string {
    return this.#server.address(proxiedPort(this.#advertised.indexOf(advertised)));
  }

  kill = () => this.#server.signal('SIGKILL');
  restart = () => this.#server.restart(30_000);
  freeze = () => this.#server.signal('SIGSTOP');
  thaw = () => this.#server.signal('SIGCONT');

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}

class KafkaLabSource implements LabSource {
  readonly partitions: readonly string[];
  readonly #lab: KafkaLab;
  readonly #topic: string;

  constructor(lab: KafkaLab, topic: string, partitions: number) {
    this.#lab = lab;
    this.#topic = topic;
    this.partitions = Array.from({ length: partitions }, (_, partition) => `${topic}-${partition}`);
  }

  config({ address, patient = address === undefined }: ConfigOptions = {}) {
    const limits = patient ? PATIENT : this.#lab.patience;
    return { bootstrapServers: address ?? this.#lab.bootstrap, topics: [this.#topic], ...limits };
  }

  async secured() {
    const { kafkaSasl, kafkaUsername, kafkaPassword } = await stackAddresses();
    const sasl = { mechanism: 'SCRAM-SHA-256', username: kafkaUsername, password: '${env:CONTRACT_KAFKA_PASSWORD}' };
    return { config: { ...this.config({ address: kafkaSasl, patient: true }), sasl }, secrets: { CONTRACT_KAFKA_PASSWORD: kafkaPassword } };
  }

  async wrong(name: WrongConfigName): Promise<WrongConfig> {
    const { kafkaSasl, kafkaTls, kafkaUsername: username, kafkaPassword: password } = await stackAddresses();
    const sasl = { mechanism: 'PLAIN', username, password };
    switch (name) {
      case 'a wrong password':
        return {
          config: { ...this.config({ address: kafkaSasl, patient: true }), sasl: { ...sasl, password: 'not-the-password' } },
          option: 'source.sasl',
        };
      case 'a source that does not exist':
        return { config: { ...this.config(), topics: [uniqueName('missing')] }, option: 'source.topics' };
      case 'a source that this user may not read':
        await this.#lab.forbid(this.#topic);
        return { config: { ...this.config({ address: kafkaSasl, patient: true }), sasl }, option: 'source.topics' };
      case 'a certificate that is not trusted':
        return { config: { ...this.config({ address: kafkaTls, patient: true }), tls: {} }, option: 'source.tls' };
    }
  }

  async fill(partition: string, messages: readonly LabMessage[]): Promise<void> {
    const number = this.partitions.indexOf(partition);
    const batch = messages.map(({ headers, ...message }) => ({
      ...message,
      partition: number,
      headers: headers.map(({ name, value }) => [name, value] as const),
    }));
    for (const part of requests(batch)) await this.#lab.topics.produce(this.#topic, part);
  }

  expected = (message: LabMessage) => message;
}

/** As many messages at a time as surely fit into one request. */
function* requests(messages: readonly KafkaMessage[]): Generator<KafkaMessage[]> {
  let part: KafkaMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = (message.value?.length ?? 0) + 1_000;
    if (part.length > 0 && bytes + size > REQUEST_BYTES) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(message);
    bytes += size;
  }
  yield part;
}
