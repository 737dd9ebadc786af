import { administrator } from './servers/rabbitmq-conf.ts';

/** RabbitMQ's HTTP API, for what AMQP has no requests for: users, permissions, policies, connections. */
export class RabbitmqManagement {
  readonly #url: string;

  constructor({ rabbitmqManagement }: { readonly rabbitmqManagement: string }) {
    this.#url = rabbitmqManagement;
  }

  /** `path` is the part after /api, percent-encoded, such as `/users/connect`. */
  async get<T>(path: string): Promise<T> {
    return (await this.#request('GET', path)).json() as Promise<T>;
  }

  /**
   * Returns the number of messages of a classic queue, as the queue itself counts them now, including those that a consumer has. Returns
   * undefined if the server does not list it. A killed server was seen to leave out a queue for a minute after its restart.
   */
  async messages(queue: string): Promise<number | undefined> {
    const queues = await this.get<ReadonlyArray<{ readonly name: string; readonly messages: number }>>(
      '/queues/%2f?enable_queue_totals=true',
    );
    return queues.find(({ name }) => name === queue)?.messages;
  }

  async put(path: string, body: object): Promise<void> {
    await this.#request('PUT', path, JSON.stringify(body));
  }

  async delete(path: string): Promise<void> {
    await this.#request('DELETE', path);
  }

  async #request(method: string, path: string, body?: string): Promise<Response> {
    const { username, password } = administrator;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const response = await fetch(`${this.#url}/api${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}
