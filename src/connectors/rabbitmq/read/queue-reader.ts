import { createHash, randomBytes } from 'node:crypto';
import { ConnectError, type Logger, type PollLimit, type Position, recordBytes, type SourceRecord } from '../../../api/index.ts';
import { messageIdOf } from '../../../kit/index.ts';
import { type BasicProperties, readBasicProperties } from '../protocol/basic-properties.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import type { Delivery } from '../protocol/intake.ts';
import { acknowledgementsProcessed, type QueueCounts } from '../protocol/queue-counts.ts';
import { GetFeed } from './get-feed.ts';
import type { QueueFeed, QueueFeedOptions } from './queue-feed.ts';
import { FIRST_WINDOW, nextWindow, type Reader, refusedRecord, toRecord } from './reader.ts';
import { Subscription } from './subscription.ts';

/** A queue that gives nothing of what it has, for so long. */
const STARVED_MS = 3_000;
/** A queue that does not answer the server, for so long. */
const SILENT_MS = 30_000;
/** Deliveries of one message; queues of RabbitMQ 4 give up at 20 where nothing else is set. */
const MANY_DELIVERIES = 10;

export interface QueueReaderOptions extends QueueFeedOptions {
  readonly name: string;
  /** Messages copied before this run. */
  readonly position: number;
  /** Messages that are ready when the run begins. */
  readonly depth: number;
  /** Other consumers of the queue when the run begins. */
  readonly others: number;
  /** By a consumer; else message by message, as the end of its last consumer might delete the queue. */
  readonly consumes: boolean;
  /** Part of the room for this partition. */
  readonly share: number;
  readonly logger: Logger;
}

/** Takes a classic or quorum queue's messages, at least as many as it had when the run began. A position is the number copied so far. */
export class QueueReader implements Reader {
  readonly name: string;
  readonly queue: string;
  readonly #options: QueueReaderOptions;
  readonly #feed: QueueFeed;
  /** Tells messages without an id of this session from those of others. */
  readonly #session = randomBytes(6).toString('base64url');
  #handedOut = 0;
  #emptyAt: number | undefined;
  #progressAt = Date.now();
  #warned = false;

  constructor(options: QueueReaderOptions) {
    this.name = options.name;
    this.queue = options.queue;
    this.#options = options;
    const feed = { ...options, onChange: () => this.#changed() };
    this.#feed = options.consumes ? new Subscription(feed) : new GetFeed(feed);
  }

  get connection(): RabbitmqConnection {
    return this.#options.connection;
  }

  async open(): Promise<void> {
    if (this.#options.depth > 0) await this.#feed.open();
  }

  begin(): void {
    const { depth } = this.#options;
    if (depth > 0) this.#feed.begin(Math.min(FIRST_WINDOW, depth));
  }

  get failure(): ConnectError | undefined {
    return this.#feed.failure;
  }

  get finished(): boolean {
    return this.#feed.ended && this.bufferedRecords === 0;
  }

  get bufferedRecords(): number {
    return this.#feed.buffered.length;
  }

  get bufferedBytes(): number {
    return this.bufferedRecords * this.#feed.averageBytes;
  }

  get waiting(): boolean {
    return this.#feed.ended || this.#feed.isFull;
  }

  take(into: SourceRecord[], maxRecords: number, maxBytes: number): number {
    const { buffered } = this.#feed;
    let bytes = 0;
    let count = 0;
    for (const delivery of buffered) {
      if (count === maxRecords) break;
      const record = this.#toRecord(delivery, this.#handedOut + count + 1);
      const size = recordBytes(record);
      if (bytes + size > maxBytes && into.length > 0) break;
      into.push(record);
      bytes += size;
      count += 1;
    }
    this.#handedOut += count;
    this.#feed.remove(count);
    return bytes;
  }

  acknowledge(position: Position): void {
    this.#feed.acknowledge(Number(position) - this.#options.position);
    // While RocketMQ was away nothing could come: the wait for more begins now.
    this.#progressAt = Date.now();
  }

  adapt(limit: PollLimit): void {
    const { window, averageBytes, received, acknowledged } = this.#feed;
    if (acknowledged === 0) return;
    const next = nextWindow(window, averageBytes, this.#options.share, this.#options.depth - received, limit);
    if (next !== undefined) this.#feed.resize(next);
  }

  untoldPosition(): undefined {}

  lag(ready = this.#options.depth - this.#feed.received): number {
    return Math.max(0, ready) + this.#feed.received - this.#handedOut;
  }

  leave(): void {
    this.#feed.abandon();
  }

  /** Others may have taken what was there. */
  async starve(count: () => Promise<QueueCounts>): Promise<void> {
    const { received } = this.#feed;
    // A request for a message is always answered.
    if (!this.#options.consumes) return;
    const { messageCount: ready, consumerCount } = await count();
    if (this.#feed.received > received || this.#feed.ended) return;
    // That there is not even this consumer is said of a queue that does not answer the server.
    if (consumerCount === 0) return this.#refuseSilence();
    if (ready > 0) this.#refuseStarvation(ready);
    else if (this.#emptyAt === received) this.#feed.cancel();
    this.#emptyAt = ready > 0 ? undefined : received;
  }

  close(): Promise<void> {
    const { connection, queue, others, consumes } = this.#options;
    const feed = this.#feed;
    return feed.close(() => {
      const isEmptied = consumes && feed.ended && feed.received === feed.acknowledged;
      return acknowledgementsProcessed(connection, queue, isEmptied ? others : undefined);
    });
  }

  #changed(): void {
    const { received, ended } = this.#feed;
    this.#progressAt = Date.now();
    if (received >= this.#options.depth && !ended) this.#feed.cancel();
    this.#options.onChange();
  }

  #refuseSilence(): void {
    if (Date.now() - this.#progressAt < SILENT_MS) return;
    throw new ConnectError('TIMEOUT', `queue ${this.queue} does not answer its server`, {
      retriable: true,
      remedy: 'check that most of its nodes run; the next run goes on, and nothing is lost',
    });
  }

  #refuseStarvation(ready: number): void {
    const { received, acknowledged } = this.#feed;
    if (received > acknowledged || Date.now() - this.#progressAt < STARVED_MS) return;
    throw new ConnectError('TIMEOUT', `queue ${this.queue} has ${ready} messages and gives none of them to this consumer`, {
      retriable: true,
      remedy:
        'end the consumer that is its single active one or has a higher priority, or, where it is a stream, name it in source.streams',
    });
  }

  /** `number`: of this session, from 1; its delivery tag, too. */
  #toRecord(delivery: Delivery, number: number): SourceRecord {
    const place = { partition: this.name, position: String(this.#options.position + number) };
    let properties: BasicProperties;
    try {
      properties = this.#decode(delivery.rawProperties);
    } catch (error) {
      const id = nameOf(delivery.body);
      return refusedRecord(delivery, { ...place, id }, unreadable(this.queue, id, error));
    }
    const messageId = properties.properties.get('message-id');
    // An empty id is none.
    if (messageId !== undefined && messageId.length > 0) return toRecord(delivery, properties, { ...place, id: messageIdOf(messageId) });
    const record = toRecord(delivery, properties, { ...place, id: `${this.#session}-${number}` });
    return { ...record, lastingId: () => nameOf(delivery.body, lasting(properties)) };
  }

  #decode(raw: Buffer): BasicProperties {
    const properties = readBasicProperties(raw);
    if (this.#warned || properties.headers.length === 0) return properties;
    const count = properties.headers.find(({ name }) => name === 'x-delivery-count')?.value?.toString() ?? '0';
    if (Number(count) < MANY_DELIVERIES) return properties;
    this.#warned = true;
    this.#options.logger.warn('messages of a queue were delivered many times; a delivery limit would drop them', {
      queue: this.queue,
      deliveries: Number(count),
      remedy: "set the queue's delivery-limit high enough, or a dead-letter exchange",
    });
    return properties;
  }
}

/** The same each time that the message comes, so that it can be named. */
const nameOf = (body: Buffer, headers = ''): string =>
  `content-${createHash('sha256').update(headers).update(body).digest('hex').slice(0, 16)}`;

/** Without what a quorum queue sets anew with each delivery. */
const lasting = ({ properties, headers }: BasicProperties): string =>
  JSON.stringify([[...properties], headers.filter(({ name }) => !/^x-(delivery|acquired)-count$/.test(name))]);

const unreadable = (queue: string, id: string, error: unknown): ConnectError =>
  new ConnectError('RECORD_REFUSED', `message ${id} of queue ${queue} has properties that can't be read (${(error as Error).message})`, {
    remedy: 'write its headers with the types of AMQP 0-9-1',
    cause: error,
  });
