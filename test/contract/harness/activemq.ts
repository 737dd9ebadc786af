import { isUtf8 } from 'node:buffer';
import rhea, { type Message } from 'rhea';
import { ActivemqBroker } from '../../../infra/local/activemq-broker.ts';
import { uniqueName } from '../../support/names.ts';
import { OwnServer } from '../../support/own-server.ts';
import { stackAddresses } from '../../support/stack.ts';
import { byActivemqUser } from './activemq-user.ts';
import { impatientActivemq } from './impatient-activemq.ts';
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

/** A broker names every message: this is the name of those that the suite gave none. */
const NO_KEY = Buffer.from('no-key');
const PATIENT = { connectTimeoutMs: 30_000, idleTimeoutMs: 120_000 };

export const activemqHarness: SourceHarness = {
  type: 'activemq-source',
  killedOutsideStoreOnly: true,
  server: 'activemq',
  addressOption: 'source.url',
  ownHeaders: /^(jms-.+|header-types)$/,
  losesOrderWhenTakenOver: true,
  async open() {
    return new ActivemqLab((await stackAddresses()).activemq);
  },
  async openOwn() {
    return new OwnActivemqLab(await OwnServer.start(impatientActivemq));
  },
};

class ActivemqLab implements SourceLab {
  readonly url: string;
  /** Options that end the wait for a broker that a test took away. */
  readonly patience: { readonly connectTimeoutMs?: number; readonly idleTimeoutMs?: number } = {};

  constructor(url: string) {
    this.url = url;
  }

  get address(): string {
    return new URL(this.url).host;
  }

  async createSource(partitions: number): Promise<LabSource> {
    const queues = Array.from({ length: partitions }, () => uniqueName('open.contract'));
    await this.use(async (broker) => {
      for (const name of queues) await broker.send({ name }, []);
    });
    return new ActivemqLabSource(this, queues);
  }

  /** On a connection of its own: the suite may have taken the broker away since. */
  async use<T>(work: (broker: ActivemqBroker) => Promise<T>): Promise<T> {
    const broker = await ActivemqBroker.open(this.url);
    try {
      return await work(broker);
    } finally {
      await broker.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

class OwnActivemqLab extends ActivemqLab implements OwnLab {
  override readonly patience = { connectTimeoutMs: 5_000, idleTimeoutMs: 4_000 };
  readonly #server: OwnServer;

  constructor(server: OwnServer) {
    super(`amqp://${server.address('amqp')}`);
    this.#server = server;
  }

  addressBehind = () => this.address;
  kill = () => this.#server.signal('SIGKILL');
  restart = () => this.#server.restart(30_000);
  freeze = () => this.#server.signal('SIGSTOP');
  thaw = () => this.#server.signal('SIGCONT');

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

class ActivemqLabSource implements LabSource {
  readonly partitions: readonly string[];
  readonly #lab: ActivemqLab;

  constructor(lab: ActivemqLab, queues: readonly string[]) {
    this.#lab = lab;
    this.partitions = queues;
  }

  config({ address, patient = address === undefined }: ConfigOptions = {}) {
    return { url: `amqp://${address ?? this.#lab.address}`, queues: this.partitions, ...(patient ? PATIENT : this.#lab.patience) };
  }

  secured = () => byActivemqUser(this.config());

  async wrong(name: WrongConfigName): Promise<WrongConfig> {
    const { activemqTls, activemqUsername, activemqPassword: password, activemqLimitedUsername } = await stackAddresses();
    const limited = { ...this.config(), username: activemqLimitedUsername, password };
    switch (name) {
      case 'a wrong password':
        return { config: { ...this.config(), username: activemqUsername, password: 'not-the-password' }, option: 'source.password' };
      case 'a source that does not exist':
        return { config: { ...limited, queues: [uniqueName('open.missing')] }, option: 'source.queues' };
      case 'a source that this user may not read':
        await this.#lab.use((broker) => broker.send({ name: 'closed' }, []));
        return { config: { ...limited, queues: ['closed'] }, option: 'source.queues' };
      case 'a certificate that is not trusted':
        return { config: { ...this.config(), url: activemqTls, tls: {} }, option: 'source.tls' };
    }
  }

  fill(partition: string, messages: readonly LabMessage[]): Promise<void> {
    return this.#lab.use((broker) => broker.send({ name: partition }, messages.map(toAmqp)));
  }

  /** A JMS message has text in its properties, and each name once. */
  expected(message: LabMessage) {
    const headers = new Map(message.headers.filter(({ value }) => value === null || isUtf8(value)).map(({ name, value }) => [name, value]));
    return { ...message, key: message.key ?? NO_KEY, headers: Array.from(headers, ([name, value]) => ({ name, value })) };
  }

  pending(partition: string): Promise<number> {
    return this.#lab.use((broker) => broker.pending(partition));
  }
}

function toAmqp({ key, value, headers, timestamp }: LabMessage): Message {
  const texts = headers.filter((header) => header.value === null || isUtf8(header.value));
  return {
    message_id: rhea.types.wrap_binary(key ?? NO_KEY),
    creation_time: new Date(timestamp),
    application_properties: Object.fromEntries(texts.map((header) => [header.name, header.value?.toString() ?? null])),
    body: value === null ? null : rhea.message.data_section(value),
  } as unknown as Message;
}
