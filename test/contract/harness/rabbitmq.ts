import { isUtf8 } from 'node:buffer';
import { setTimeout as sleep } from 'node:timers/promises';
import { RabbitmqManagement } from '../../../infra/local/rabbitmq-management.ts';
import { RabbitmqQueues, rabbitmqOptions } from '../../../infra/local/rabbitmq-queues.ts';
import { rabbitmq } from '../../../infra/local/servers/rabbitmq.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import type { Header } from '../../../src/api/index.ts';
import { uniqueName } from '../../support/names.ts';
import { OwnServer } from '../../support/own-server.ts';
import { keepQueues } from '../../support/rabbitmq-node.ts';
import { createRabbitmqReader } from '../../support/rabbitmq-reader.ts';
import { stackAddresses } from '../../support/stack.ts';
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

/** In bytes. */
const MAX_ID_LENGTH = 255;
const SERVED_WITHIN_MS = 20_000;
const PATIENT = { connectTimeoutMs: 30_000, heartbeatMs: 60_000 };

export const rabbitmqHarness: SourceHarness = {
  type: 'rabbitmq-source',
  server: 'rabbitmq',
  addressOption: 'source.urls',
  ownHeaders: /^(rabbitmq-|header-types$)/,
  losesOrderWhenTakenOver: true,
  async open() {
    return RabbitmqLab.open(await stackAddresses());
  },
  async openOwn() {
    const server = await OwnServer.start(rabbitmq);
    return OwnRabbitmqLab.openOwn(server);
  },
};

class RabbitmqLab implements SourceLab {
  readonly url: string;
  /** Options that end the wait for a server that a test took away. */
  readonly patience: { readonly heartbeatMs?: number } = {};
  queues: RabbitmqQueues;
  readonly management: RabbitmqManagement;
  protected readonly created: string[] = [];
  readonly #undo: Array<() => Promise<void>> = [];

  protected constructor(url: string, queues: RabbitmqQueues, management: RabbitmqManagement) {
    this.url = url;
    this.queues = queues;
    this.management = management;
  }

  get address(): string {
    return new URL(this.url).host;
  }

  static async open({ rabbitmq: url, rabbitmqManagement }: StackAddresses): Promise<RabbitmqLab> {
    return new RabbitmqLab(url, await RabbitmqQueues.open(url), new RabbitmqManagement({ rabbitmqManagement }));
  }

  async createSource(partitions: number): Promise<LabSource> {
    const queues = Array.from({ length: partitions }, () => uniqueName('contract'));
    for (const queue of queues) {
      await this.queues.create(queue);
      this.created.push(queue);
    }
    return new RabbitmqLabSource(this, queues);
  }

  /** Credentials of a user who may read no queue, until the lab is closed. */
  async stranger(): Promise<{ readonly username: string; readonly password: string }> {
    const { username, password, remove } = await createRabbitmqReader('^$');
    this.#undo.push(remove);
    return { username, password };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const undo of this.#undo) await undo();
    await Promise.all(this.created.map((queue) => this.queues.delete(queue)));
    await this.queues.close();
  }
}

class OwnRabbitmqLab extends RabbitmqLab implements OwnLab {
  override readonly patience = { heartbeatMs: 2_000 };
  readonly #server: OwnServer;

  private constructor(server: OwnServer, url: string, queues: RabbitmqQueues) {
    super(url, queues, new RabbitmqManagement({ rabbitmqManagement: `http://${server.address('management')}` }));
    this.#server = server;
  }

  static async openOwn(server: OwnServer): Promise<OwnRabbitmqLab> {
    const url = new URL((await stackAddresses()).rabbitmq);
    url.host = server.address('amqp');
    return new OwnRabbitmqLab(server, url.href, await RabbitmqQueues.open(url.href));
  }

  override async createSource(partitions: number): Promise<LabSource> {
    const source = await super.createSource(partitions);
    await keepQueues(this.#server);
    return source;
  }

  addressBehind = () => this.address;
  kill = () => this.#server.signal('SIGKILL');
  freeze = () => this.#server.signal('SIGSTOP');
  thaw = () => this.#server.signal('SIGCONT');

  /** Starts a RabbitMQ a second time that does not serve all of its queues after the first: crash recovery is its own, and not under test. */
  async restart(): Promise<void> {
    await this.#restartOnce();
    try {
      await this.#serveAll();
    } catch {
      await this.#restartOnce();
      await this.#serveAll();
    }
  }

  async #restartOnce(): Promise<void> {
    await this.queues.close().catch(() => {});
    await this.#server.restart(30_000);
    this.queues = await RabbitmqQueues.open(this.url);
  }

  /** Rejects with the server's words where one of the queues does not come back. */
  async #serveAll(): Promise<void> {
    for (const deadline = Date.now() + SERVED_WITHIN_MS; ; await sleep(500)) {
      try {
        for (const queue of this.created) await this.queues.ready(queue);
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.queues.close().catch(() => {});
    await this.#server[Symbol.asyncDispose]();
  }
}

class RabbitmqLabSource implements LabSource {
  readonly partitions: readonly string[];
  readonly #lab: RabbitmqLab;

  constructor(lab: RabbitmqLab, queues: readonly string[]) {
    this.#lab = lab;
    this.partitions = queues;
  }

  config({ address, patient = address === undefined }: ConfigOptions = {}) {
    const { urls, ...credentials } = rabbitmqOptions(this.#lab.url);
    return {
      urls: address === undefined ? urls : `amqp://${address}`,
      ...credentials,
      queues: [...this.partitions],
      ...(patient ? PATIENT : this.#lab.patience),
    };
  }

  async secured() {
    const { rabbitmqUsername, rabbitmqPassword } = await stackAddresses();
    const config = { ...this.config(), username: rabbitmqUsername, password: '${env:CONTRACT_RABBITMQ_PASSWORD}' };
    return { config, secrets: { CONTRACT_RABBITMQ_PASSWORD: rabbitmqPassword } };
  }

  async wrong(name: WrongConfigName): Promise<WrongConfig> {
    switch (name) {
      case 'a wrong password':
        return { config: { ...this.config(), password: 'not-the-password' }, option: 'source.username' };
      case 'a source that does not exist':
        return { config: { ...this.config(), queues: [uniqueName('missing')] }, option: 'source.queues' };
      case 'a source that this user may not read':
        return { config: { ...this.config(), ...(await this.#lab.stranger()) }, option: 'source.queues' };
      case 'a certificate that is not trusted':
        return { config: { ...this.config(), urls: (await stackAddresses()).rabbitmqTls }, option: 'source.tls' };
    }
  }

  async fill(queue: string, messages: readonly LabMessage[]): Promise<void> {
    const published = messages.map(({ key, value, headers, timestamp }) => ({
      body: value ?? Buffer.alloc(0),
      options: {
        timestamp: Math.floor(timestamp / 1_000),
        headers: Object.fromEntries(uniqueHeaders(headers).map((header) => [header.name, fieldOf(header)])),
        ...(isId(key) && { messageId: key.toString() }),
      },
    }));
    await this.#lab.queues.publish(queue, published);
  }

  /** AMQP has no null body, times in seconds, and ids that are short text; a table of headers can't repeat a name. */
  expected({ key, value, headers, timestamp }: LabMessage) {
    return {
      key: isId(key) ? key : null,
      value: value ?? Buffer.alloc(0),
      headers: uniqueHeaders(headers),
      timestamp: Math.floor(timestamp / 1_000) * 1_000,
    };
  }

  async pending(queue: string): Promise<number> {
    return (await this.#lab.management.messages(queue)) ?? this.#lab.queues.ready(queue);
  }
}

const isId = (key: Buffer | null): key is Buffer => key !== null && key.length > 0 && key.length <= MAX_ID_LENGTH && isUtf8(key);

const uniqueHeaders = (headers: readonly Header[]): Header[] => [...new Map(headers.map((header) => [header.name, header])).values()];

const fieldOf = ({ value }: Header) => (value !== null && isUtf8(value) ? value.toString() : value);
