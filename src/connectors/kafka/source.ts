import {
  ConnectError,
  type Lag,
  type PollLimit,
  type PollResult,
  type SourceTask,
  type SourceTaskContext,
  takeFairly,
  throwIfAborted,
  untilAborted,
  untoldPositions,
} from '../../api/index.ts';
import { KafkaClient } from './client.ts';
import type { KafkaSourceConfig } from './config.ts';
import { connectionKey } from './connection-options.ts';
import { Fetcher } from './fetcher.ts';
import { LATEST } from './list-offsets.ts';
import { openReaders } from './open-readers.ts';
import { outOfRangePolicy } from './out-of-range.ts';
import type { PartitionReader } from './partition-reader.ts';
import { PlannedTopics } from './planned-topics.ts';
import { Recovery } from './recovery.ts';

/** Ends of partitions that are known from an older answer are asked for again. */
const END_FRESH_MS = 1_000;

interface Run {
  readonly client: KafkaClient;
  readonly readers: readonly PartitionReader[];
  readonly fetcher: Fetcher;
}

/**
 * Copies Kafka partitions from their positions to the ends they have when the run begins, without joining a group. A
 * position is the offset of the next record, in decimals.
 */
export class KafkaSourceTask implements SourceTask {
  readonly #context: SourceTaskContext<KafkaSourceConfig>;
  readonly #onAbort = () => this.#run?.fetcher.wake();
  #run: Run | undefined;
  #polls = 0;

  constructor(context: SourceTaskContext<KafkaSourceConfig>) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { config, clients, signal, logger, taskConfig } = this.#context;
    const connect = async () => new KafkaClient(config);
    const client = await clients.get(connectionKey(config), connect, (opened) => opened.close());
    const topics = new PlannedTopics(client, taskConfig);
    const recovery = new Recovery(signal, config.requestTimeoutMs);
    let attempts = 0;
    const open = async () => {
      attempts += 1;
      await topics.describe(attempts > 1);
      return openReaders(this.#context, client);
    };
    const readers = await untilAborted(recovery.retry(open), signal);
    const fetcher = new Fetcher({
      client,
      readers,
      committedOnly: this.#committedOnly,
      maxFetchBytes: config.maxFetchBytes,
      starvingMs: config.requestTimeoutMs,
      onOutOfRange: outOfRangePolicy(client, config, logger),
      onFailure: async (error) => {
        await recovery.pause(error);
        await recovery.retry(() => topics.describe(true));
      },
      onAnswer: () => recovery.over(),
    });
    this.#run = { client, readers, fetcher };
    signal.addEventListener('abort', this.#onAbort);
    fetcher.pump();
  }

  async poll(limit: PollLimit): Promise<PollResult> {
    const { readers, fetcher } = this.#running;
    this.#polls += 1;
    for (;;) {
      throwIfAborted(this.#context.signal);
      const records = takeFairly(readers, limit, this.#polls);
      fetcher.pump();
      const caughtUp = readers.every(({ finished }) => finished);
      const positions = untoldPositions(readers);
      if (records.length > 0 || positions.size > 0 || caughtUp) return { records, positions, caughtUp };
      await fetcher.arrival();
    }
  }

  async lag(): Promise<Lag> {
    const { client, readers } = this.#running;
    const { signal } = this.#context;
    const old = signal.aborted ? [] : readers.filter(({ endKnownAt }) => Date.now() - endKnownAt > END_FRESH_MS);
    if (old.length > 0) {
      const queries = old.map(({ topic, partition }) => ({ topic, partition, at: LATEST }));
      const ends = await untilAborted(client.listOffsets(queries, this.#committedOnly), signal);
      for (const reader of old) reader.knowEnd(ends.get(reader.name) ?? reader.currentEnd);
    }
    // Cut short before a partition's end was ever told: nothing is known, which is not the same as nothing is left.
    if (readers.some(({ endKnownAt }) => endKnownAt === 0)) return {};
    return { records: readers.reduce((sum, { currentEnd, position }) => sum + Math.max(0, currentEnd - position), 0) };
  }

  async stop(): Promise<void> {
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    this.#run?.fetcher.stop();
  }

  get #committedOnly(): boolean {
    return this.#context.config.isolation === 'read_committed';
  }

  get #running(): Run {
    if (this.#run === undefined) throw new ConnectError('INTERNAL', 'the Kafka source was used before its start');
    return this.#run;
  }
}
