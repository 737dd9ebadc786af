import { setTimeout as sleep } from 'node:timers/promises';
import { administrator } from './servers/rabbitmq-conf.ts';

const LISTED_WITHIN_MS = 60_000;

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

  /**
   * Messages of a classic queue, those that a consumer has included, as the queue itself counts them now. A server that
   * starts lists its queues one after the other: waits up to 60 s for this one, and rejects without it.
   */
  async messages(queue: string): Promise<number> {
    for (const deadline = Date.now() + LISTED_WITHIN_MS; ; await sleep(100)) {
      const queues = await this.get<ReadonlyArray<{ readonly name: string; readonly messages: number }>>(
        '/queues/%2f?enable_queue_totals=true',
      );
      const found = queues.find(({ name }) => name === queue);
      if (found !== undefined) return found.messages;
      if (Date.now() > deadline) throw new Error(`there is no queue ${queue}`);
    }
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
