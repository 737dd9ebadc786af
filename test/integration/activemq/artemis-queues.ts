import { once } from 'node:events';
import rhea, { type Connection, type EventContext, type Receiver, type Sender } from 'rhea';

/** Makes, pauses and deletes queues of Artemis, by its management. `await using`. */
export class ArtemisQueues {
  readonly #connection: Connection;
  readonly #sender: Sender;
  readonly #receiver: Receiver;

  private constructor(connection: Connection, sender: Sender, receiver: Receiver) {
    this.#connection = connection;
    this.#sender = sender;
    this.#receiver = receiver;
  }

  static async open(url: string): Promise<ArtemisQueues> {
    const { hostname, port } = new URL(url);
    const connection = rhea.create_container().connect({ host: hostname, port: Number(port), username: 'anonymous', reconnect: false });
    const receiver = connection.open_receiver({ source: { address: '', dynamic: true } });
    const sender = connection.open_sender('activemq.management');
    await Promise.all([once(receiver, 'receiver_open'), once(sender, 'sendable')]);
    return new ArtemisQueues(connection, sender, receiver);
  }

  /** `options`: as Artemis's `createQueue` takes them. */
  create = (name: string, options: object) =>
    this.#ask('broker', 'createQueue', [
      JSON.stringify({ name, address: name, 'routing-type': 'ANYCAST', 'auto-create-address': true, ...options }),
      false,
    ]);

  /** `options`: as Artemis's `updateQueue` takes them. */
  update = (name: string, options: object) =>
    this.#ask('broker', 'updateQueue', [JSON.stringify({ name, address: name, 'routing-type': 'ANYCAST', ...options })]);

  /** Bytes that an address holds before Artemis rejects messages (`FAIL`) or gives no more credit (`BLOCK`). */
  limit = (address: string, maxSizeBytes: number, addressFullMessagePolicy: 'FAIL' | 'BLOCK') =>
    this.#ask('broker', 'addAddressSettings', [
      address,
      JSON.stringify({ maxSizeBytes, pageSizeBytes: maxSizeBytes / 2, addressFullMessagePolicy }),
    ]);

  pause = (name: string) => this.#ask(`queue.${name}`, 'pause', []);

  /** Also where consumers read it. */
  delete = (name: string) => this.#ask('broker', 'destroyQueue', [name, true]);

  /** Messages that it holds. */
  count = async (name: string): Promise<number> => Number(JSON.parse(await this.#ask(`queue.${name}`, 'countMessages', []))[0]);

  async #ask(resource: string, operation: string, parameters: readonly unknown[]): Promise<string> {
    const answer = once(this.#receiver, 'message');
    this.#sender.send({
      reply_to: this.#receiver.source.address as string,
      application_properties: { _AMQ_ResourceName: resource, _AMQ_OperationName: operation },
      body: JSON.stringify(parameters),
    });
    const [{ message }] = (await answer) as [EventContext];
    if (message?.application_properties?._AMQ_OperationSucceeded !== true) throw new Error(`${operation}: ${message?.body}`);
    return String(message.body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#connection, 'connection_close');
    this.#connection.close();
    await closed;
  }
}
