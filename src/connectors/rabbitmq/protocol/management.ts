import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { ConnectError, type Direction } from '../../../api/index.ts';
import { asList } from '../../../config/text-list.ts';
import { parseAddress } from './address.ts';
import type { RabbitmqConnectionConfig } from './connection-config.ts';

/** Queues that one answer tells of. */
const PAGE = 500;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** What the management plugin knows of a queue. Fields that it leaves out are absent. */
export interface QueueFacts {
  readonly name: string;
  readonly type?: string;
  readonly auto_delete?: boolean;
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly effective_policy_definition?: Readonly<Record<string, unknown>> | null;
}

interface Binding {
  readonly destination: string;
  readonly destination_type: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** The HTTP API of RabbitMQ's management plugin, in one virtual host. Throws ConnectError. */
export class Management {
  readonly #config: RabbitmqConnectionConfig;
  readonly #section: Direction;
  readonly #url: string;
  readonly #signal: AbortSignal;
  readonly #progress: () => void;

  /** `progress` is called with each answer. */
  constructor(config: RabbitmqConnectionConfig, section: Direction, url: string, signal: AbortSignal, progress: () => void = () => {}) {
    this.#config = config;
    this.#section = section;
    this.#url = url.replace(/\/$/, '');
    this.#signal = signal;
    this.#progress = progress;
  }

  /** All queues and streams of the virtual host, by name. */
  async queues(): Promise<ReadonlyMap<string, QueueFacts>> {
    const found = new Map<string, QueueFacts>();
    const columns = 'name,type,auto_delete,arguments,effective_policy_definition';
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const answer = await this.#get<{ readonly items?: readonly QueueFacts[]; readonly page_count?: number }>(
        `queues/${this.#vhost}?page=${page}&page_size=${PAGE}&columns=${columns}`,
      );
      for (const queue of answer?.items ?? []) found.set(queue.name, queue);
      pages = answer?.page_count ?? 0;
    }
    return found;
  }

  /** The streams of a super stream, in their order; undefined where there is none of that name. */
  async superStream(name: string): Promise<string[] | undefined> {
    const bindings = await this.#get<readonly Binding[]>(`exchanges/${this.#vhost}/${encodeURIComponent(name)}/bindings/source`);
    const order = (binding: Binding) => Number(binding.arguments?.['x-stream-partition-order'] ?? 0);
    return bindings
      ?.filter(({ destination_type }) => destination_type === 'queue')
      .sort((a, b) => order(a) - order(b))
      .map(({ destination }) => destination);
  }

  get #vhost(): string {
    return encodeURIComponent(this.#address.vhost);
  }

  get #address() {
    return parseAddress(asList(this.#config.urls)[0] ?? '', this.#config);
  }

  /** Undefined where there is nothing at this path. */
  async #get<T>(path: string): Promise<T | undefined> {
    const { status, body } = await this.#request(`${this.#url}/api/${path}`);
    this.#progress();
    if (status === 404) return undefined;
    if (status === 401 || status === 403) {
      throw this.#error('FORBIDDEN', `refuses this user (${status})`, 'give the user the tag management');
    }
    if (status !== 200)
      throw this.#error('UNREACHABLE', `answers ${status}`, `check ${this.#section}.managementUrl and the management plugin`);
    try {
      return JSON.parse(body) as T;
    } catch {
      throw this.#error('WRONG_KIND', 'answers with something else than JSON', `correct ${this.#section}.managementUrl`);
    }
  }

  #request(url: string): Promise<{ readonly status: number; readonly body: string }> {
    const { username, password } = this.#address;
    const request = url.startsWith('https:') ? requestHttps : requestHttp;
    const options = { auth: `${username}:${password}`, signal: this.#signal, ...this.#config.tls };
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        const { code, message } = error as Error & { code?: string };
        reject(this.#error('UNREACHABLE', `can't be asked (${code ?? message})`, 'check it, and that this network may reach it', error));
      };
      request(url, options, (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          parts.push(part);
          bytes += part.length;
          this.#progress();
          if (bytes > MAX_ANSWER_BYTES) response.destroy(new Error('its answer is too large'));
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
        response.on('error', fail);
      })
        .on('error', fail)
        .end();
    });
  }

  #error(code: 'FORBIDDEN' | 'UNREACHABLE' | 'WRONG_KIND', means: string, remedy: string, cause?: unknown): ConnectError {
    return new ConnectError(code, `the management API at ${this.#url} ${means}`, { retriable: code === 'UNREACHABLE', remedy, cause });
  }
}
