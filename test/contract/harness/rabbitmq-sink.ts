import type { GetMessage } from 'amqplib';
import { RabbitmqQueues, rabbitmqOptions } from '../../../infra/local/rabbitmq-queues.ts';
import type { ConnectRecord, Header } from '../../../src/api/index.ts';
import { uniqueName } from '../../support/names.ts';
import { waitingMessages } from '../../support/rabbitmq-messages.ts';
import { createRabbitmqReader, createRabbitmqWriter, type RabbitmqReader } from '../../support/rabbitmq-reader.ts';
import { stackAddresses } from '../../support/stack.ts';
import type { ProxiedTargets, SinkHarness, SinkTarget, SinkTargets } from './sink-harness.ts';
import type { WrongConfig, WrongConfigName } from './source-harness.ts';

const PATIENT = { connectTimeoutMs: 30_000, heartbeatMs: 60_000, confirmTimeoutMs: 120_000 };
/** RabbitMQ's name of the default exchange, in permissions. */
const DEFAULT_EXCHANGE = '^amq\\.default$';

export const rabbitmqSinkHarness: SinkHarness = {
  type: 'rabbitmq-sink',
  addressOption: 'sink.urls',
  killedOutsideStoreOnly: true,
  async open() {
    const { rabbitmq } = await stackAddresses();
    return new RabbitmqTargets(rabbitmq, await RabbitmqQueues.open(rabbitmq));
  },
  async openBehind() {
    const { rabbitmq } = await stackAddresses();
    return new ProxiedRabbitmqTargets(rabbitmq, await RabbitmqQueues.open(rabbitmq));
  },
};

/** The same, with several lanes for each queue. */
export const rabbitmqSinkByKeyHarness: SinkHarness = { ...rabbitmqSinkHarness, variant: 'by-key', ordering: 'key' };

class RabbitmqTargets implements SinkTargets {
  /** With an address that is not the server's own. */
  readonly limits: { readonly heartbeatMs?: number; readonly confirmTimeoutMs?: number } = {};
  readonly url: string;
  readonly queues: RabbitmqQueues;
  readonly #created: string[] = [];
  readonly #users: RabbitmqReader[] = [];

  constructor(url: string, queues: RabbitmqQueues) {
    this.url = url;
    this.queues = queues;
  }

  async create(): Promise<SinkTarget> {
    const queue = uniqueName('contract');
    await this.queues.create(queue);
    this.#created.push(queue);
    return new RabbitmqTarget(this, queue);
  }

  /** Credentials, until the lab is closed. */
  async user(creating: Promise<RabbitmqReader>): Promise<{ readonly username: string; readonly password: string }> {
    const user = await creating;
    this.#users.push(user);
    return { username: user.username, password: user.password };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { remove } of this.#users) await remove();
    await Promise.all(this.#created.map((queue) => this.queues.delete(queue)));
    await this.queues.close();
  }
}

class ProxiedRabbitmqTargets extends RabbitmqTargets implements ProxiedTargets {
  override readonly limits = { heartbeatMs: 2_000, confirmTimeoutMs: 4_000 };

  addressBehind = () => new URL(this.url).host;
}

class RabbitmqTarget implements SinkTarget {
  readonly #targets: RabbitmqTargets;
  readonly #queue: string;

  constructor(targets: RabbitmqTargets, queue: string) {
    this.#targets = targets;
    this.#queue = queue;
  }

  config({ address }: { readonly address?: string } = {}) {
    const { urls, ...credentials } = rabbitmqOptions(this.#targets.url);
    const limits = address === undefined ? PATIENT : this.#targets.limits;
    return { urls: address === undefined ? urls : `amqp://${address}`, ...credentials, routingKey: this.#queue, ...limits };
  }

  async secured() {
    const { username, password } = await this.#targets.user(createRabbitmqWriter(DEFAULT_EXCHANGE));
    const config = { ...this.config(), username, password: '${env:CONTRACT_RABBITMQ_PASSWORD}' };
    return { config, secrets: { CONTRACT_RABBITMQ_PASSWORD: password } };
  }

  async wrong(name: WrongConfigName): Promise<WrongConfig> {
    switch (name) {
      case 'a wrong password':
        return { config: { ...this.config(), password: 'not-the-password' }, option: 'sink.username' };
      case 'a source that does not exist':
        return { config: { ...this.config(), routingKey: uniqueName('missing') }, option: 'sink.routingKey' };
      case 'a source that this user may not read':
        return { config: { ...this.config(), ...(await this.#targets.user(createRabbitmqReader('.*'))) }, option: 'sink.exchange' };
      case 'a certificate that is not trusted':
        return { config: { ...this.config(), urls: (await stackAddresses()).rabbitmqTls }, option: 'sink.tls' };
    }
  }

  async read(): Promise<readonly ConnectRecord[]> {
    return (await waitingMessages(this.#targets.url, this.#queue)).map(toRecord);
  }

  /** AMQP has times in seconds, and no time zone of ms. */
  expected = ({ timestamp, ...record }: ConnectRecord): ConnectRecord => ({
    ...record,
    ...(timestamp !== undefined && { timestamp: Math.floor(Number(timestamp) / 1_000) * 1_000 }),
  });

  refused = (): ConnectRecord => ({
    key: null,
    value: Buffer.from('refused'),
    headers: [{ name: 'rabbitmq-expiration', value: Buffer.from('soon') }],
  });
}

/** As a consumer reads it: key and null are headers, a repeated header is an array. */
function toRecord({ content, properties }: GetMessage): ConnectRecord {
  const { 'connect-key': key = null, 'connect-value': value, ...own } = properties.headers ?? {};
  const headers = Object.entries(own).flatMap(([name, content]): Header[] =>
    (Array.isArray(content) ? content : [content]).map((one) => ({ name, value: one === null ? null : Buffer.from(one) })),
  );
  const { timestamp } = properties;
  return {
    key: key === null ? null : Buffer.from(key),
    value: value === 'null' ? null : content,
    headers,
    ...(timestamp !== undefined && { timestamp: timestamp * 1_000 }),
  };
}
