import { ConnectError, toConnectError } from '../../api/index.ts';
import type { KafkaClient } from './client.ts';
import { protocolError } from './errors.ts';
import type { FetchedPartition } from './fetch-records.ts';
import { partitionName } from './partition-name.ts';
import type { PartitionReader } from './partition-reader.ts';
import type { Broker } from './topics.ts';

/** How long a broker may wait for records that were seen to be there: they are late only after a change of leaders. */
const MAX_WAIT_MS = 500;
const MIN_PARTITION_BYTES = 64 * 1024;

export interface FetcherOptions {
  readonly client: KafkaClient;
  readonly readers: readonly PartitionReader[];
  readonly committedOnly: boolean;
  readonly maxFetchBytes: number;
  /** How long a partition may stay without a record that is there. */
  readonly starvingMs: number;
  /** Called for a reader with nothing buffered whose place Kafka does not have; moves it or throws. */
  readonly onOutOfRange: (reader: PartitionReader) => Promise<void>;
  /** Called when a request failed; returns when it is worth asking again, throws when it is not. */
  readonly onFailure: (error: ConnectError) => Promise<void>;
  /** Called when a leader answered for all of its partitions. */
  readonly onAnswer: () => void;
}

/**
 * Keeps readers filled until each has what was there when the run began: one request in flight per leader, for all of its
 * partitions, as long as less than `maxFetchBytes` are buffered. Partitions that were served longest ago come first.
 */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #readers: ReadonlyMap<string, PartitionReader>;
  /** Those served longest ago first. */
  readonly #queue: Set<PartitionReader>;
  /** What each may answer at a time, in bytes. */
  readonly #shares = new Map<PartitionReader, number>();
  readonly #busyLeaders = new Set<number>();
  readonly #inFlight = new Set<PartitionReader>();
  /** Readers whose place is gone: not asked for until what they have is handed out, and then once more. */
  readonly #lost = new Set<PartitionReader>();
  #recovering = false;
  #stopped = false;
  #failure: ConnectError | undefined;
  #starvingSince: number | undefined;
  #wake = () => {};

  constructor(options: FetcherOptions) {
    this.#options = options;
    this.#readers = new Map(options.readers.map((reader) => [reader.name, reader]));
    this.#queue = new Set(options.readers);
  }

  /** Asks for more where there is room. To be called whenever records were taken. */
  pump(): void {
    const { client, maxFetchBytes } = this.#options;
    if (this.#recovering || this.#stopped || this.#failure !== undefined) return;
    const wanting = [...this.#queue].filter((reader) => this.#wants(reader));
    if (wanting.length === 0 || this.#bufferedBytes() >= maxFetchBytes) return;
    const byLeader = Map.groupBy(wanting, ({ topic, partition }) => client.leader(topic, partition)?.node);
    const maxBytes = Math.floor(maxFetchBytes / (byLeader.size + this.#busyLeaders.size));
    for (const [node, readers] of byLeader) {
      if (node !== undefined && this.#busyLeaders.has(node)) continue;
      const [{ topic, partition, name }] = readers as [PartitionReader];
      const leader = client.leader(topic, partition);
      const answer =
        leader === undefined
          ? Promise.reject(protocolError('LEADER_NOT_AVAILABLE', `partition ${name}`))
          : this.#ask(leader, readers, maxBytes);
      void answer.catch((error: unknown) => this.#recover(toConnectError(error))).then(() => this.#wake());
    }
  }

  /** Resolves when an answer has come or `wake` was called. Rejects once the fetcher has failed. */
  arrival(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake();
  }

  /** Asks for nothing more; what is in flight is dropped when it comes. */
  stop(): void {
    this.#stopped = true;
  }

  #wants(reader: PartitionReader): boolean {
    return !reader.fetched && !this.#inFlight.has(reader) && !(this.#lost.has(reader) && reader.bufferedBytes > 0);
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
        const share = Math.max(MIN_PARTITION_BYTES, Math.floor(maxBytes / readers.length), this.#shares.get(reader) ?? 0);
        this.#shares.set(reader, share);
        return { partition: reader.partition, offset: reader.fetchOffset, maxBytes: share };
      }),
    }));
    this.#busyLeaders.add(leader.node);
    for (const reader of readers) this.#inFlight.add(reader);
    try {
      const answer = await client.fetch(leader, {
        topics,
        committedOnly,
        // The first answer also tells where partitions end: nothing to wait for.
        maxWaitMs: readers.some(({ end }) => end === undefined) ? 0 : MAX_WAIT_MS,
        maxBytes,
      });
      if (!this.#stopped) await this.#accept(answer);
    } finally {
      this.#busyLeaders.delete(leader.node);
      for (const reader of readers) this.#inFlight.delete(reader);
    }
  }

  async #accept(answer: readonly FetchedPartition[]): Promise<void> {
    const failures: ConnectError[] = [];
    const lost: PartitionReader[] = [];
    let progress = false;
    for (const part of answer) {
      const reader = this.#readers.get(partitionName(part));
      if (reader === undefined) continue;
      if (part.error === 'OFFSET_OUT_OF_RANGE') lost.push(reader);
      else if (part.error !== undefined) failures.push(protocolError(part.error, `partition ${reader.name}`));
      else if (this.#fill(reader, part)) progress = true;
    }
    for (const reader of lost) {
      this.#lost.add(reader);
      if (reader.bufferedBytes > 0) continue;
      await this.#options.onOutOfRange(reader);
      this.#lost.delete(reader);
      progress = true;
    }
    const failure = failures.find(({ retriable }) => !retriable) ?? failures[0];
    if (failure !== undefined) throw failure;
    this.#checkProgress(progress);
    this.#options.onAnswer();
  }

  /** Whether it brought the reader on. */
  #fill(reader: PartitionReader, { end, records, aborted }: FetchedPartition): boolean {
    reader.knowEnd(end);
    if (records === undefined || !reader.add(records, aborted)) {
      // A batch that is larger than its partition's share is left out, unless it is the first of an answer.
      if (!reader.fetched) this.#shares.set(reader, Math.min(2 * (this.#shares.get(reader) ?? 0), this.#options.maxFetchBytes));
      return reader.fetched;
    }
    this.#queue.delete(reader);
    this.#queue.add(reader);
    return true;
  }

  #checkProgress(progress: boolean): void {
    this.#starvingSince = progress ? undefined : (this.#starvingSince ?? Date.now());
    if (this.#starvingSince === undefined || Date.now() - this.#starvingSince < this.#options.starvingMs) return;
    const [reader] = [...this.#queue].filter(({ fetched }) => !fetched);
    this.#failure = new ConnectError(
      'TIMEOUT',
      `partition ${reader?.name}: no record from offset ${reader?.fetchOffset} on, but it has more`,
      {
        retriable: true,
        remedy: 'check the replicas of the partition',
      },
    );
  }

  async #recover(error: ConnectError): Promise<void> {
    if (this.#recovering || this.#stopped) return;
    this.#recovering = true;
    try {
      await this.#options.onFailure(error);
    } catch (failure) {
      this.#failure = toConnectError(failure);
    } finally {
      this.#recovering = false;
    }
  }
}
