import type { Message } from 'rhea';
import { ActivemqBroker } from '../../../infra/local/activemq-broker.ts';
import type { ConnectRecord, Header } from '../../../src/api/index.ts';
import { takeMessages } from '../../support/activemq-messages.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';
import { byActivemqUser } from './activemq-user.ts';
import type { ProxiedTargets, SinkHarness, SinkTarget, SinkTargets } from './sink-harness.ts';
import type { WrongConfig, WrongConfigName } from './source-harness.ts';

const PATIENT = { connectTimeoutMs: 30_000, idleTimeoutMs: 120_000, confirmTimeoutMs: 120_000 };

export const activemqSinkHarness: SinkHarness = {
  type: 'activemq-sink',
  addressOption: 'sink.url',
  killedOutsideStoreOnly: true,
  async open() {
    return new ActivemqTargets((await stackAddresses()).activemq);
  },
  async openBehind() {
    return new ProxiedActivemqTargets((await stackAddresses()).activemq);
  },
};

class ActivemqTargets implements SinkTargets {
  readonly url: string;
  /** With an address that is not the server's own. */
  readonly limits: { readonly connectTimeoutMs?: number; readonly idleTimeoutMs?: number; readonly confirmTimeoutMs?: number } = {};

  constructor(url: string) {
    this.url = url;
  }

  /** The broker makes the queue with the first client that names it. */
  create = async (): Promise<SinkTarget> => new ActivemqTarget(this, uniqueName('open.contract'));

  async [Symbol.asyncDispose](): Promise<void> {}
}

class ProxiedActivemqTargets extends ActivemqTargets implements ProxiedTargets {
  override readonly limits = { connectTimeoutMs: 5_000, idleTimeoutMs: 4_000, confirmTimeoutMs: 4_000 };

  addressBehind = () => new URL(this.url).host;
}

class ActivemqTarget implements SinkTarget {
  readonly #targets: ActivemqTargets;
  readonly #queue: string;
  /** A queue can be read only once. */
  readonly #taken: ConnectRecord[] = [];

  constructor(targets: ActivemqTargets, queue: string) {
    this.#targets = targets;
    this.#queue = queue;
  }

  config({ address }: { readonly address?: string } = {}) {
    const { url, limits } = this.#targets;
    return {
      url: address === undefined ? url : `amqp://${address}`,
      destination: this.#queue,
      ...(address === undefined ? PATIENT : limits),
    };
  }

  secured = () => byActivemqUser(this.config());

  async wrong(name: WrongConfigName): Promise<WrongConfig> {
    const { activemqTls, activemqUsername, activemqPassword: password, activemqLimitedUsername } = await stackAddresses();
    const limited = { ...this.config(), username: activemqLimitedUsername, password };
    switch (name) {
      case 'a wrong password':
        return { config: { ...this.config(), username: activemqUsername, password: 'not-the-password' }, option: 'sink.password' };
      case 'a source that does not exist':
        // Classic says of a queue that this user may not make that it is forbidden.
        return {
          config: { ...this.config(), url: (await stackAddresses()).artemis, destination: uniqueName('fixed.missing') },
          option: 'sink.destination',
        };
      case 'a source that this user may not read': {
        const broker = await ActivemqBroker.open(this.#targets.url);
        await broker.send({ name: this.#queue }, []);
        await broker.close();
        return { config: limited, option: 'sink.destination' };
      }
      case 'a certificate that is not trusted':
        return { config: { ...this.config(), url: activemqTls, tls: {} }, option: 'sink.tls' };
    }
  }

  async read(): Promise<readonly ConnectRecord[]> {
    this.#taken.push(...(await takeMessages(this.#targets.url, this.#queue)).map(toRecord));
    return this.#taken;
  }

  expected = (record: ConnectRecord): ConnectRecord => record;

  refused = (): ConnectRecord => ({
    key: null,
    value: Buffer.from('refused'),
    headers: [{ name: 'jms-priority', value: Buffer.from('urgent') }],
  });
}

const bytesOf = (value: unknown): Buffer | null => {
  if (value === null || value === undefined) return null;
  return Buffer.isBuffer(value) ? value : Buffer.from(String(value));
};

/** As a client reads it: the key is a property, a repeated header is JSON. */
function toRecord({ body, application_properties: properties, creation_time }: Message): ConnectRecord {
  const { 'connect-key': key = null, ...own } = (properties ?? {}) as Record<string, unknown>;
  const headers = Object.entries(own).flatMap(([name, value]): Header[] => {
    const values: unknown[] = typeof value === 'string' && value.startsWith('[') ? JSON.parse(value) : [value];
    return values.map((one) => ({ name, value: bytesOf(one) }));
  });
  const content = (body as { content?: Buffer } | null)?.content ?? body;
  return { key: bytesOf(key), value: bytesOf(content), headers, ...(creation_time && { timestamp: creation_time.getTime() }) };
}
