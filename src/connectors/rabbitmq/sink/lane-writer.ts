import { isUtf8 } from 'node:buffer';
import { ConnectError, type FailedRecord, type SinkBatch, toConnectError } from '../../../api/index.ts';
import { untilAborted } from '../../../kit/index.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import { bodyLimit, namedExchange, notStored, publishError, tooLargeFor, unroutable, uselessExchange } from '../protocol/publish/errors.ts';
import { type Fate, type Publication, Publisher, propertiesLimit } from '../protocol/publish/publisher.ts';
import { refusal } from '../protocol/publish/refusal.ts';
import { publicationOf, type Target } from './mapping.ts';

/** What the lanes of a task share. */
export interface Shared {
  /** A connection that is there. */
  readonly connect: () => Promise<RabbitmqConnection>;
  readonly confirmTimeoutMs: number;
  readonly deduplicationHeader: string | undefined;
  readonly target: Target;
  /** Exchanges that records name and that are there. */
  readonly known: Set<string>;
  /** Exchanges that records name and that take none, with the reason: `does not exist`. */
  readonly useless: Map<string, string>;
  /** How many bytes of a body the server takes, once that is known. */
  bodyLimit?: number;
}

interface Item {
  readonly index: number;
  readonly offset: number;
  readonly publication: Publication;
}

/** Writes the batches of one lane, one after the other. */
export class LaneWriter {
  readonly #shared: Shared;
  #publisher: Publisher | undefined;
  /**
   * Of a batch that could not be written as a whole: its records up to the first that is not stored, by offset, with the reason of those that
   * are refused. They need not be written again when the batch comes again.
   */
  #settled = new Map<number, ConnectError | undefined>();
  #writing = false;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  get isWriting(): boolean {
    return this.#writing;
  }

  /** As `SinkTask.write`. */
  async write({ records, deadline, signal }: SinkBatch): Promise<FailedRecord[]> {
    const failed: FailedRecord[] = [];
    const publisher = await this.#ready(signal);
    const waiting: Item[] = [];
    for (const [index, record] of records.entries()) {
      const { offset } = record;
      const known = this.#settled.get(offset);
      if (known !== undefined) failed.push({ index, error: known });
      if (this.#settled.has(offset)) continue;
      try {
        const { target, deduplicationHeader } = this.#shared;
        const { username } = publisher.connection;
        waiting.push({ index, offset, publication: publicationOf(record, { ...target, deduplicationHeader, username }) });
      } catch (error) {
        failed.push({ index, error: asRefusal(error) });
      }
    }
    while (waiting.length > 0) await this.#attempt(waiting, failed, deadline, signal);
    for (const { offset } of records) this.#settled.delete(offset);
    return failed.sort((a, b) => a.index - b.index);
  }

  /** Never rejects. */
  async close(): Promise<void> {
    await this.#publisher?.close();
  }

  /** Publishes all that waits, and takes off it what is settled. Throws what ends the write. */
  async #attempt(waiting: Item[], failed: FailedRecord[], deadline: number, signal: AbortSignal): Promise<void> {
    const publisher = await this.#ready(signal);
    await this.#lookUp(waiting, publisher.connection, signal);
    for (const item of [...waiting]) {
      const error = this.#refusal(item.publication, publisher.connection);
      if (error === undefined) continue;
      failed.push({ index: item.index, error });
      waiting.splice(waiting.indexOf(item), 1);
    }
    if (waiting.length === 0) return;
    const leftMs = deadline - Date.now();
    if (leftMs <= 0) throw tooLate();
    const fates = await this.#publish(publisher, waiting, Math.min(this.#shared.confirmTimeoutMs, leftMs), signal);
    const first = fates.findIndex((fate) => fate !== 'stored' && fate !== 'returned');
    const settled = waiting.splice(0, first === -1 ? waiting.length : first);
    for (const [place, { index, offset, publication }] of settled.entries()) {
      const error = fates[place] === 'returned' ? unroutable(String(publication.exchange), String(publication.routingKey)) : undefined;
      if (error !== undefined) failed.push({ index, error });
      this.#settled.set(offset, error);
    }
    const [next] = waiting;
    if (next === undefined) return;
    if (publisher.failure !== undefined) this.#understand(publisher, publisher.failure, next.publication);
    else throw notStored(String(next.publication.exchange), String(next.publication.routingKey));
  }

  async #publish(publisher: Publisher, items: readonly Item[], withinMs: number, signal: AbortSignal): Promise<Fate[]> {
    this.#writing = true;
    try {
      const publications = items.map(({ publication }) => publication);
      return await untilAborted(publisher.publish(publications, withinMs), signal);
    } catch (error) {
      // What is on its way must not arrive behind what is written next.
      if (publisher.connection.failure === undefined) publisher.connection.destroy(toConnectError(error));
      throw error;
    } finally {
      this.#writing = false;
    }
  }

  /** Asks for exchanges that records name: a message for one that is not there closes the channel, and what is not confirmed by then comes again. */
  async #lookUp(items: readonly Item[], connection: RabbitmqConnection, signal: AbortSignal): Promise<void> {
    const { target, known, useless } = this.#shared;
    if (target.exchange.isFixed) return;
    const names = new Set(
      items
        .map(({ publication }) => publication.exchange)
        .filter((name) => name.length > 0 && isUtf8(name))
        .map(String),
    );
    for (const name of names) {
      if (known.has(name) || useless.has(name)) continue;
      const refused = await untilAborted(
        refusal(connection, (channel) => channel.checkExchange(name)),
        signal,
      );
      const reason = refused === undefined ? undefined : uselessExchange(refused);
      if (reason !== undefined) useless.set(name, reason);
      // Whatever else there may be is said when something is published.
      else known.add(name);
    }
  }

  /** Returns where the write can go on without what closed the channel; else throws. */
  #understand(publisher: Publisher, failure: Error, { exchange }: Publication): void {
    const { connection } = publisher;
    if (connection.failure !== undefined) throw connection.failure;
    const { target, useless } = this.#shared;
    const limit = bodyLimit(failure);
    const reason = uselessExchange(failure);
    // The server may have refused another message than the first that is not confirmed.
    const named = target.exchange.isFixed ? String(exchange) : (namedExchange(failure) ?? String(exchange));
    if (limit !== undefined && limit !== this.#shared.bodyLimit) this.#shared.bodyLimit = limit;
    else if (reason !== undefined && !target.exchange.isFixed && !useless.has(named)) useless.set(named, reason);
    else throw publishError(failure, { exchange: named, vhost: connection.vhost, username: connection.username || undefined });
  }

  /** Why the server would close the channel over it, as far as that is known before. */
  #refusal({ body, properties, exchange }: Publication, connection: RabbitmqConnection): ConnectError | undefined {
    const { bodyLimit: limit, useless } = this.#shared;
    if (limit !== undefined && body.length > limit) return tooLargeFor(body.length, limit);
    const most = propertiesLimit(connection.frameMax);
    if (properties.length > most) {
      return new ConnectError('RECORD_REFUSED', `its properties have ${properties.length} bytes, and this RabbitMQ takes ${most}`, {
        remedy: 'let its producer write fewer headers, or raise frame_max of the nodes',
      });
    }
    const reason = useless.get(String(exchange));
    if (reason === undefined) return undefined;
    return new ConnectError('RECORD_REFUSED', `exchange ${exchange}, which it names, ${reason}`, {
      remedy:
        reason === 'is internal' ? 'let its producer name another one, or correct sink.exchange' : 'create it, or correct sink.exchange',
    });
  }

  async #ready(signal: AbortSignal): Promise<Publisher> {
    if (this.#publisher !== undefined && this.#publisher.failure === undefined) return this.#publisher;
    const open = async () => Publisher.open(await this.#shared.connect());
    const publisher = await untilAborted(open(), signal);
    this.#publisher = publisher;
    return publisher;
  }
}

/** Whatever can't be made a message of is the record's fault: an array that is nested too deeply, for instance. */
function asRefusal(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  return new ConnectError('RECORD_REFUSED', `it can't be written as a message of AMQP: ${(error as Error).message}`, { cause: error });
}

/** A process that stood still may find that another run has begun. */
const tooLate = (): ConnectError =>
  new ConnectError('TIMEOUT', 'not all was published before the time of the run was over', {
    retriable: true,
    remedy: 'wait: the next run writes it',
  });
