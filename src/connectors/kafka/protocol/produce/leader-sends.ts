import { ConnectError, toConnectError } from '../../../../api/index.ts';
import type { KafkaClient } from '../client.ts';
import type { Broker } from '../topics.ts';
import { type ProduceAnswer, type ProducePart, produce } from './produce-request.ts';

/** A broker works at one request of a connection at a time. The next one may travel meanwhile. */
const REQUESTS_AT_ONCE = 2;
const REQUEST_BYTES = 4 * 1024 * 1024;

interface Waiting extends ProducePart {
  readonly signal: AbortSignal;
  readonly resolve: (answer: ProduceAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The batches on their way to one broker. Those that come while requests are out travel together in the next one: a broker takes as long
 * for a request of one batch as for one of many.
 */
class LeaderSends {
  readonly #client: KafkaClient;
  readonly #leader: Broker;
  readonly #waitMs: number;
  #waiting: Waiting[] = [];
  #requests = 0;
  #isDue = false;

  constructor(client: KafkaClient, leader: Broker, waitMs: number) {
    this.#client = client;
    this.#leader = leader;
    this.#waitMs = waitMs;
  }

  send(part: ProducePart, signal: AbortSignal): Promise<ProduceAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...part, signal, resolve, reject });
      if (this.#isDue) return;
      this.#isDue = true;
      // What is ready at the same time travels together.
      setImmediate(() => {
        this.#isDue = false;
        this.#next();
      });
    });
  }

  #next(): void {
    while (this.#requests < REQUESTS_AT_ONCE) {
      const parts = this.#take();
      if (parts.length === 0) return;
      this.#requests += 1;
      void this.#request(parts).finally(() => {
        this.#requests -= 1;
        this.#next();
      });
    }
  }

  /** A request holds one batch of a partition. */
  #take(): Waiting[] {
    const parts = new Map<string, Waiting>();
    const later: Waiting[] = [];
    let bytes = 0;
    for (const part of this.#waiting) {
      const name = `${part.topic}-${part.partition}`;
      if (part.signal.aborted) part.reject(interrupted());
      else if (parts.has(name) || (bytes > 0 && bytes + part.batch.length > REQUEST_BYTES)) later.push(part);
      else {
        parts.set(name, part);
        bytes += part.batch.length;
      }
    }
    this.#waiting = later;
    return [...parts.values()];
  }

  async #request(parts: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.#client.use(this.#leader, (connection, apis) => produce(connection, apis, parts, this.#waitMs));
      for (const [index, { resolve, reject, topic, partition }] of parts.entries()) {
        const answer = answers[index];
        if (answer === undefined) reject(unanswered(topic, partition));
        else resolve(answer);
      }
    } catch (error) {
      for (const { reject } of parts) reject(toConnectError(error));
    }
  }
}

/** Sends batches to the leaders of their partitions, those of each transaction in requests of their own, as brokers want it. */
export class Sends {
  readonly #client: KafkaClient;
  readonly #waitMs: number;
  readonly #leaders = new Map<string, LeaderSends>();

  /** `waitMs`: how long a broker may wait for its replicas. */
  constructor(client: KafkaClient, waitMs: number) {
    this.#client = client;
    this.#waitMs = waitMs;
  }

  /** Throws ConnectError where there is no answer: the batch may be stored, or not, or later. */
  send(leader: Broker, part: ProducePart, signal: AbortSignal): Promise<ProduceAnswer> {
    const name = [`${leader.host}:${leader.port}`, part.transactionalId ?? ''].join(' ');
    const sends = this.#leaders.get(name) ?? new LeaderSends(this.#client, leader, this.#waitMs);
    this.#leaders.set(name, sends);
    return sends.send(part, signal);
  }
}

const interrupted = () => new ConnectError('INTERRUPTED', 'the run was asked to stop', { retriable: true });

const unanswered = (topic: string, partition: number) =>
  new ConnectError('WRONG_KIND', `partition ${topic}-${partition}: the broker's answer says nothing of it`, {
    retriable: true,
    remedy: 'see whether sink.bootstrapServers names brokers of Kafka; the next run tries again',
  });
