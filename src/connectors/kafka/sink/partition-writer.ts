import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError, type FailedRecord, toConnectError } from '../../../api/index.ts';
import { type Bounds, untilAborted } from '../../../kit/index.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { leaderError, protocolError } from '../protocol/errors/protocol-errors.ts';
import { transactionError } from '../protocol/errors/transaction-errors.ts';
import { partitionName } from '../protocol/partition-name.ts';
import type { Compression } from '../protocol/produce/compressions.ts';
import { BATCH_HEAD_BYTES, encodeBatch, placeBatch } from '../protocol/produce/encode-batch.ts';
import { mostBytes, type OutgoingRecord } from '../protocol/produce/encode-records.ts';
import type { Sends } from '../protocol/produce/leader-sends.ts';
import type { ProduceAnswer } from '../protocol/produce/produce-request.ts';
import type { Producer } from '../protocol/produce/producers.ts';
import { Recovery } from '../protocol/recovery.ts';

/** Below what topics take of a batch by default (max.message.bytes is 1,048,588). */
const BATCH_BYTES = 1_000_000;
const TOO_LARGE: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
/** A broker answers these to a batch that holds a record which it does not take, and often names the record. */
const OF_RECORDS: ReadonlySet<string> = new Set(['INVALID_RECORD', 'INVALID_TIMESTAMP']);
/** The broker does not know where the producer is: it lost what it knew, or knows a later run. */
const OF_SEQUENCE: ReadonlySet<string> = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
]);
/** A repeat of a batch that is stored, and no longer among the last ones, of which the broker knows the place. */
const STORED_BEFORE = 'DUPLICATE_SEQUENCE_NUMBER';

/** A record on its way to one partition. */
export interface Item {
  /** Its place in the batch that the runtime gave. */
  readonly index: number;
  readonly record: OutgoingRecord;
}

/** What the writers of one task share. */
export interface Shared {
  readonly client: KafkaClient;
  readonly sends: Sends;
  readonly compression: Compression;
  /** How long a failure may last that comes in mid-run. */
  readonly patienceMs: number;
  /** How many bytes a topic takes at a time, where that is less than usual. */
  readonly limits: Map<string, number>;
}

/** Writes the records of one lane to one partition, batch after batch. */
export class PartitionWriter {
  readonly #shared: Shared;
  readonly #producer: Producer;
  readonly #topic: string;
  readonly #partition: number;
  readonly #name: string;
  readonly #bounds: Bounds;
  readonly #recovery: Recovery;

  constructor(shared: Shared, producer: Producer, topic: string, partition: number, bounds: Bounds) {
    this.#shared = shared;
    this.#producer = producer;
    this.#topic = topic;
    this.#partition = partition;
    this.#name = partitionName({ topic, partition });
    this.#bounds = bounds;
    this.#recovery = new Recovery(bounds.signal, Math.min(shared.patienceMs, Math.max(0, bounds.deadline - Date.now())), true);
  }

  /** Resolves when all but the returned are durable. Throws ConnectError where that is not known of some. */
  async write(items: readonly Item[]): Promise<FailedRecord[]> {
    const failed: FailedRecord[] = [];
    const waiting: Item[][] = this.#batches(items);
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      const refusal = await this.#deliver(batch);
      if (refusal === undefined) continue;
      const { error = '', records } = refusal;
      const named = OF_RECORDS.has(error) ? new Set(records.filter((index) => index < (batch?.length ?? 0))) : new Set<number>();
      if (batch.length === 1) named.add(0);
      failed.push(...[...named].map((place) => this.#failure((batch as Item[])[place] as Item, refusal)));
      const rest = batch.filter((_, place) => !named.has(place));
      if (TOO_LARGE.has(error) && rest.length > 0) waiting.splice(0, waiting.length, ...this.#smaller([rest, ...waiting].flat(), rest));
      else if (named.size > 0) waiting.unshift(...(rest.length > 0 ? [rest] : []));
      else waiting.unshift(...halves(rest));
    }
    return failed;
  }

  /** Undefined once the broker has the batch; else why it refuses it for good, and has nothing of it. */
  async #deliver(items: readonly Item[]): Promise<ProduceAnswer | undefined> {
    const { sends, client, compression } = this.#shared;
    const { signal, deadline } = this.#bounds;
    const batch = await encodeBatch(
      items.map(({ record }) => record),
      compression,
    );
    const { transactionalId } = this.#producer;
    for (;;) {
      let failure: ConnectError;
      if (Date.now() >= deadline) return this.#giveUp(tooLate(this.#name));
      try {
        const leader = client.leader(this.#topic, this.#partition);
        if (leader === undefined) throw protocolError('LEADER_NOT_AVAILABLE', `partition ${this.#name}`, client.section);
        placeBatch(batch, this.#producer.place(this.#name));
        const part = { topic: this.#topic, partition: this.#partition, batch, transactionalId };
        const answer = await untilAborted(sends.send(leader, part, signal), signal);
        const { error } = answer;
        if (error === undefined || error === STORED_BEFORE) {
          this.#producer.stored(this.#name, items.length);
          return undefined;
        }
        if (TOO_LARGE.has(error) || OF_RECORDS.has(error)) return answer;
        const subject = `partition ${this.#name}`;
        if (OF_SEQUENCE.has(error)) this.#producer.restart(this.#name);
        failure = transactionalId === undefined ? leaderError(error, subject, client.section) : transactionError(error, subject);
      } catch (error) {
        failure = toConnectError(error);
      }
      if (!this.#recovery.mayPass(failure) || Date.now() >= deadline) return this.#giveUp(failure);
      await sleep(this.#recovery.nextPauseMs(), undefined, { signal }).catch(() => this.#giveUp(failure));
      await this.#lookAgain();
    }
  }

  /** What is on its way may be stored yet: the next batch begins anew, and shuts it out. A transaction begins anew as a whole. */
  #giveUp(failure: ConnectError): never {
    this.#producer.restart(this.#name);
    throw failure;
  }

  /** The partition may have another leader by now. */
  async #lookAgain(): Promise<void> {
    const { client } = this.#shared;
    const { signal } = this.#bounds;
    let topic: Awaited<ReturnType<KafkaClient['topics']>>[number] | undefined;
    try {
      [topic] = await untilAborted(client.topics([this.#topic], true), signal);
    } catch (error) {
      // The next attempt asks again, and names what it meets.
      if (signal.aborted) this.#giveUp(toConnectError(error));
      return;
    }
    if (topic?.error === undefined) return;
    const failure = protocolError(topic.error, `topic ${this.#topic}`, client.section);
    if (!this.#recovery.mayPass(failure)) this.#giveUp(failure);
  }

  #batches(items: readonly Item[]): Item[][] {
    const limit = this.#shared.limits.get(this.#topic) ?? BATCH_BYTES;
    const batches: Item[][] = [];
    let bytes = limit;
    for (const item of items) {
      const size = mostBytes(item.record);
      if (bytes + size > limit) {
        batches.push([]);
        bytes = BATCH_HEAD_BYTES;
      }
      batches.at(-1)?.push(item);
      bytes += size;
    }
    return batches;
  }

  /** After a batch that was too large for the topic, smaller ones, also for those that come later. */
  #smaller(items: readonly Item[], refused: readonly Item[]): Item[][] {
    const bytes = refused.reduce((sum, { record }) => sum + mostBytes(record), BATCH_HEAD_BYTES);
    this.#shared.limits.set(this.#topic, Math.floor(bytes / 2));
    return this.#batches(items);
  }

  #failure({ index, record }: Item, { error = '', message }: ProduceAnswer): FailedRecord {
    const { code, message: text, remedy } = protocolError(error, 'it', this.#shared.client.section);
    const detail = TOO_LARGE.has(error) ? `some ${mostBytes(record)} bytes for ${this.#topic}` : message;
    const options = remedy === undefined ? {} : { remedy };
    return { index, error: new ConnectError(code, detail === undefined ? text : `${text} (${detail})`, options) };
  }
}

function halves(items: readonly Item[]): Item[][] {
  const half = Math.ceil(items.length / 2);
  return [items.slice(0, half), items.slice(half)];
}

/** A process that stood still may find that another run has begun. */
const tooLate = (partition: string): ConnectError =>
  new ConnectError('TIMEOUT', `partition ${partition} was not written before the time of the run was over`, {
    retriable: true,
    remedy: 'wait: the next run writes it',
  });
