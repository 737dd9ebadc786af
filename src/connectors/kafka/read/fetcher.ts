import { ConnectError, toConnectError } from '../../../api/index.ts';
import { Bell } from '../../../kit/index.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { leaderError, protocolError } from '../protocol/errors/protocol-errors.ts';
import type { FetchedPartition } from '../protocol/fetch-records.ts';
import { partitionName } from '../protocol/partition-name.ts';
import type { Broker } from '../protocol/topics.ts';
import { FailingReaders, type FailingReadersOptions } from './failing-readers.ts';
import { PartitionFetch } from './partition-fetch.ts';
import type { PartitionReader } from './partition-reader.ts';

/** How long a broker may wait for records that were seen to be there: they are late only after a change of leaders. */
const MAX_WAIT_MS = 500;
const MIN_PARTITION_BYTES = 64 * 1024;

export interface FetcherOptions extends Omit<FailingReadersOptions, 'isRead' | 'onReady' | 'onStopped'> {
  readonly client: Pick<KafkaClient, 'section' | 'leader' | 'topicId' | 'fetch'>;
  readonly readers: readonly PartitionReader[];
  readonly committedOnly: boolean;
  readonly maxFetchBytes: number;
  /** How long a partition may stay without a record that is there. */
  readonly starvingMs: number;
  /** Called for a reader with nothing buffered whose place Kafka does not have; moves it or throws. */
  readonly onOutOfRange: (reader: PartitionReader) => Promise<void>;
  /** Called where an answer leaves out offsets, before its records can be taken; may not throw. */
  readonly onGaps: (reader: PartitionReader) => void;
}

/**
 * Keeps readers filled until each has what was there when the run began: one request in flight per leader, for all of its
 * partitions, as long as less than `maxFetchBytes` are buffered. Partitions that were served longest ago come first. What fails
 * of one partition does not hold up the others.
 */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #readers: Map<string, PartitionReader>;
  /** Those served longest ago first. */
  readonly #queue: Set<PartitionReader>;
  readonly #fetches: Map<PartitionReader, PartitionFetch>;
  readonly #busyLeaders = new Set<number>();
  readonly #failing: FailingReaders;
  #stopped = false;
  readonly #bell = new Bell();

  constructor(options: FetcherOptions) {
    this.#options = options;
    this.#readers = new Map(options.readers.map((reader) => [reader.name, reader]));
    this.#queue = new Set(options.readers);
    this.#fetches = new Map(options.readers.map((reader) => [reader, new PartitionFetch()]));
    this.#failing = new FailingReaders({
      ...options,
      isRead: (reader) => this.#queue.has(reader),
      onReady: () => {
        this.pump();
        this.wake();
      },
      onStopped: () => this.wake(),
    });
  }

  /** Asks for more where there is room. To be called whenever records were taken. */
  pump(): void {
    const { client, maxFetchBytes } = this.#options;
    if (this.#stopped) return;
    const wanting = [...this.#queue].filter((reader) => this.#wants(reader));
    if (wanting.length === 0 || this.#bufferedBytes() >= maxFetchBytes) return;
    const byLeader = Map.groupBy(wanting, ({ topic, partition }) => client.leader(topic, partition)?.node);
    const maxBytes = Math.floor(maxFetchBytes / (byLeader.size + this.#busyLeaders.size));
    for (const [node, readers] of byLeader) {
      if (node !== undefined && this.#busyLeaders.has(node)) continue;
      const [{ topic, partition }] = readers as [PartitionReader];
      const leader = client.leader(topic, partition);
      if (leader === undefined) {
        for (const reader of readers)
          this.#failing.add([reader], protocolError('LEADER_NOT_AVAILABLE', `partition ${reader.name}`, client.section));
        continue;
      }
      void this.#ask(leader, readers, maxBytes)
        .catch((error: unknown) => this.#failing.add(readers, toConnectError(error)))
        .then(() => this.wake());
    }
  }

  /** Readers that can't be read on in this run, since it was last called, with the reason. They are left. */
  takeStopped(): ReadonlyMap<PartitionReader, ConnectError> {
    const stopped = this.#failing.takeStopped();
    for (const reader of stopped.keys()) this.leave(reader);
    return stopped;
  }

  /** Fetches no more of a partition, and drops what it holds. */
  leave(reader: PartitionReader): void {
    this.#queue.delete(reader);
    this.#readers.delete(reader.name);
    this.#fetches.delete(reader);
    this.#failing.forget(reader);
    reader.drop();
  }

  /** Resolves when an answer has come, a partition has stopped or `wake` was called, since it resolved last. */
  arrival(): Promise<void> {
    return this.#bell.heard();
  }

  wake(): void {
    this.#bell.ring();
  }

  /** Asks for nothing more; what is in flight is dropped when it comes. */
  stop(): void {
    this.#stopped = true;
  }

  #wants(reader: PartitionReader): boolean {
    const { isAsked, isLost } = this.#fetchOf(reader);
    if (reader.fetched || isAsked || this.#failing.isResting(reader)) return false;
    return !(isLost && reader.holdsMore);
  }

  /** Of a partition that is still read. */
  #fetchOf(reader: PartitionReader): PartitionFetch {
    return this.#fetches.get(reader) as PartitionFetch;
  }

  #bufferedBytes(): number {
    let bytes = 0;
    for (const reader of this.#queue) bytes += reader.bufferedBytes;
    return bytes;
  }

  async #ask(leader: Broker, readers: readonly PartitionReader[], maxBytes: number): Promise<void> {
    const { client, committedOnly } = this.#options;
    const topics = [...Map.groupBy(readers, ({ topic }) => topic)].map(([name, ofTopic]) => ({
      name,
      id: client.topicId(name),
      partitions: ofTopic.map((reader) => {
        const fetch = this.#fetchOf(reader);
        fetch.share = Math.max(MIN_PARTITION_BYTES, Math.floor(maxBytes / readers.length), fetch.share);
        return { partition: reader.partition, offset: reader.fetchOffset, maxBytes: fetch.share };
      }),
    }));
    this.#busyLeaders.add(leader.node);
    const fetches = readers.map((reader) => this.#fetchOf(reader));
    for (const fetch of fetches) fetch.ask();
    try {
      const answer = await client.fetch(leader, {
        topics,
        committedOnly,
        // The first answer also tells where partitions end: nothing to wait for.
        maxWaitMs: readers.some(({ end }) => end === undefined) ? 0 : MAX_WAIT_MS,
        maxBytes,
      });
      for (const part of answer) if (!this.#stopped) await this.#accept(part);
    } finally {
      this.#busyLeaders.delete(leader.node);
      for (const fetch of fetches) fetch.answered();
    }
  }

  async #accept(part: FetchedPartition): Promise<void> {
    const reader = this.#readers.get(partitionName(part));
    if (reader === undefined) return;
    if (part.error === 'OFFSET_OUT_OF_RANGE') return this.#goOn(reader);
    if (part.error !== undefined) {
      return this.#failing.add([reader], leaderError(part.error, `partition ${reader.name}`, this.#options.client.section));
    }
    this.#failing.recovered(reader);
    const fetch = this.#fetchOf(reader);
    if (!this.#fill(reader, fetch, part)) return this.#checkStarving(reader, fetch);
    fetch.starvingSince = undefined;
    if (reader.gaps.length > 0) this.#options.onGaps(reader);
  }

  /** Goes on from another place, once all that came before has been handed out. */
  async #goOn(reader: PartitionReader): Promise<void> {
    const fetch = this.#fetchOf(reader);
    fetch.lose();
    if (reader.holdsMore) return;
    try {
      await this.#options.onOutOfRange(reader);
      fetch.moved();
    } catch (error) {
      this.#failing.add([reader], toConnectError(error));
    }
  }

  /** Whether it brought the reader on. */
  #fill(reader: PartitionReader, fetch: PartitionFetch, { end, heldBack, records, aborted }: FetchedPartition): boolean {
    reader.knowEnd(end, heldBack);
    if (records === undefined || !reader.add(records, aborted)) {
      // A batch that is larger than its partition's share is left out, unless it is the first of an answer.
      if (!reader.fetched) fetch.share = Math.min(2 * fetch.share, this.#options.maxFetchBytes);
      return reader.fetched;
    }
    this.#queue.delete(reader);
    this.#queue.add(reader);
    return true;
  }

  #checkStarving(reader: PartitionReader, fetch: PartitionFetch): void {
    fetch.starvingSince ??= Date.now();
    if (Date.now() - fetch.starvingSince < this.#options.starvingMs) return;
    const message = `partition ${reader.name}: no record from offset ${reader.fetchOffset} on, but it has more`;
    this.#failing.stop(reader, new ConnectError('TIMEOUT', message, { retriable: true, remedy: 'check the replicas of the partition' }));
  }
}
