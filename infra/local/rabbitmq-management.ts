import { administrator } from './servers/rabbitmq-conf.ts';

/** RabbitMQ's HTTP API, for what AMQP has no words for: users, permissions, policies, connections. */
export class RabbitmqManagement {
  readonly #url: string;

  constructor({ rabbitmqManagement }: { readonly rabbitmqManagement: string }) {
    this.#url = rabbitmqManagement;
  }

  /** `path`: below /api, parts percent-encoded: `/users/connect`. */
  async get<T>(path: string): Promise<T> {
    return (await this.#request('GET', path)).json() as Promise<T>;
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
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}
