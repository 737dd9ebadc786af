import { Admin } from '@platformatic/kafka';
import { type KafkaRecord, KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import type { ConnectRecord } from '../../../src/api/index.ts';
import { uniqueName } from '../../support/names.ts';
import { OwnServer } from '../../support/own-server.ts';
import { stackAddresses } from '../../support/stack.ts';
import { kafkaAdvertising, proxiedPort } from './kafka-advertising.ts';
import { denyWriting } from './kafka-permissions.ts';
import type { ProxiedTargets, SinkHarness, SinkTarget, SinkTargets } from './sink-harness.ts';
import type { WrongConfig, WrongConfigName } from './source-harness.ts';

/** More than a topic takes by default. */
const TOO_LARGE_BYTES = 1_500_000;
const PARTITIONS = 4;
const PATIENT = { connectTimeoutMs: 30_000, requestTimeoutMs: 60_000 };

type Delivery = 'at-least-once' | 'exactly-once';

export const kafkaSinkHarness: SinkHarness = harness('at-least-once');

/** The same by transactions, read as who reads committed records only. */
export const exactlyOnceKafkaSinkHarness: SinkHarness = { ...harness('exactly-once'), variant: 'exactly-once', exactlyOnce: true };

function harness(delivery: Delivery): SinkHarness {
  return {
    type: 'kafka-sink',
    addressOption: 'sink.bootstrapServers',
    killedOutsideStoreOnly: true,
    async open() {
      return new KafkaTargets((await stackAddresses()).kafka, delivery);
    },
    async openBehind(proxies) {
      return new ProxiedKafkaTargets(await OwnServer.start(kafkaAdvertising(proxies)), proxies, delivery);
    },
  };
}

class KafkaTargets implements SinkTargets {
  readonly bootstrap: string;
  /** With an address that is not the server's own. */
  readonly limits: { readonly requestTimeoutMs?: number } = {};
  readonly topics: KafkaTopics;
  readonly delivery: Delivery;
  readonly #admin: Admin;
  readonly #created: string[] = [];
  readonly #undo: Array<() => Promise<void>> = [];

  constructor(bootstrap: string, delivery: Delivery) {
    this.bootstrap = bootstrap;
    this.delivery = delivery;
    this.topics = new KafkaTopics(bootstrap);
    this.#admin = new Admin({ clientId: 'lab', bootstrapBrokers: bootstrap.split(',') });
  }

  async create(): Promise<SinkTarget> {
    const topic = uniqueName('contract');
    await this.topics.create(topic, PARTITIONS);
    this.#created.push(topic);
    return new KafkaTarget(this, topic);
  }

  /** A user who may not write the topic, until the lab is closed. */
  async forbid(topic: string): Promise<void> {
    this.#undo.push(await denyWriting(this.#admin, topic));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const undo of this.#undo) await undo();
    for (const topic of this.#created) await this.topics.delete(topic).catch(() => {});
    await Promise.all([this.topics.close(), this.#admin.close()]);
  }
}

class ProxiedKafkaTargets extends KafkaTargets implements ProxiedTargets {
  override readonly limits = { requestTimeoutMs: 4_000 };
  readonly #server: OwnServer;
  readonly #proxies: readonly string[];

  constructor(server: OwnServer, proxies: readonly string[], delivery: Delivery) {
    super(server.address('plaintext'), delivery);
    this.#server = server;
    this.#proxies = proxies;
  }

  addressBehind(proxy: string): string {
    return this.#server.address(proxiedPort(this.#proxies.indexOf(proxy)));
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}

class KafkaTarget implements SinkTarget {
  readonly #targets: KafkaTargets;
  readonly #topic: string;

  constructor(targets: KafkaTargets, topic: string) {
    this.#targets = targets;
    this.#topic = topic;
  }

  /** Each queue goes to a partition, so that what is read is in order. */
  config({ address }: { readonly address?: string } = {}) {
    const limits = address === undefined ? PATIENT : this.#targets.limits;
    const { bootstrap, delivery } = this.#targets;
    return { bootstrapServers: address ?? bootstrap, topic: this.#topic, partition: 'queue', delivery, ...limits };
  }

  async secured() {
    const { kafkaSasl, kafkaUsername, kafkaPassword } = await stackAddresses();
    const sasl = { mechanism: 'SCRAM-SHA-256', username: kafkaUsername, password: '${env:CONTRACT_KAFKA_PASSWORD}' };
    return { config: { ...this.config({ address: kafkaSasl }), sasl }, secrets: { CONTRACT_KAFKA_PASSWORD: kafkaPassword } };
  }

  async wrong(name: WrongConfigName): Promise<WrongConfig> {
    const { kafkaSasl, kafkaTls, kafkaUsername: username, kafkaPassword: password } = await stackAddresses();
    const sasl = { mechanism: 'PLAIN', username, password };
    const config = (address: string) => ({ ...this.config({ address }), ...PATIENT });
    switch (name) {
      case 'a wrong password':
        return { config: { ...config(kafkaSasl), sasl: { ...sasl, password: 'not-the-password' } }, option: 'sink.sasl' };
      case 'a source that does not exist':
        return { config: { ...this.config(), topic: uniqueName('missing') }, option: 'sink.topic' };
      case 'a source that this user may not read':
        await this.#targets.forbid(this.#topic);
        return { config: { ...config(kafkaSasl), sasl }, option: 'sink.topic' };
      case 'a certificate that is not trusted':
        return { config: { ...config(kafkaTls), tls: {} }, option: 'sink.tls' };
    }
  }

  async read(): Promise<readonly ConnectRecord[]> {
    const { topics } = this.#targets;
    const ends = await topics.endedOffsets(this.#topic);
    const records: KafkaRecord[] = [];
    for (const [partition, end] of ends.entries()) {
      for await (const chunk of topics.read(this.#topic, partition, 0, end)) records.push(...chunk);
    }
    return records.map(({ key, value, headers, timestamp }) => ({
      key,
      value,
      headers: headers.map(([name, content]) => ({ name, value: content })),
      timestamp,
    }));
  }

  expected = (record: ConnectRecord) => record;

  refused = (): ConnectRecord => ({ key: null, value: Buffer.alloc(TOO_LARGE_BYTES), headers: [] });
}
