import {
  ConnectError,
  type Lag,
  type PollLimit,
  type PollResult,
  type Position,
  type SourceTask,
  type SourceTaskContext,
} from '../../api/index.ts';
import { takeFairly, throwIfAborted, untilAborted, untoldPositions } from '../../kit/index.ts';
import type { KafkaSourceConfig } from './config/config.ts';
import { newTopicsNotice, PlannedTopics } from './plan/planned-topics.ts';
import { KafkaClient } from './protocol/client.ts';
import { connectionKey } from './protocol/connection-options.ts';
import { Recovery } from './protocol/recovery.ts';
import { LATEST } from './protocol/topics.ts';
import { Fetcher } from './read/fetcher.ts';
import { GroupCommits } from './read/group-commits.ts';
import { GapNotices, heldBackNotices } from './read/notices.ts';
import { openReaders, outOfRangePolicy } from './read/open-readers.ts';
import type { PartitionReader } from './read/partition-reader.ts';

/** Ends of partitions that are known from an older answer are asked for again. */
const END_FRESH_MS = 1_000;

interface Run {
  readonly client: KafkaClient;
  /** Those that are still read. */
  readers: readonly PartitionReader[];
  readonly fetcher: Fetcher;
  readonly gaps: GapNotices;
  readonly commits: GroupCommits | undefined;
  /** Not yet told. */
  stopped: Map<string, ConnectError>;
  notices: string[];
}

/**
 * Copies Kafka partitions from their positions to the ends they have when the run begins, without joining a group. A
 * position is the offset of the next record, in decimals.
 */
export class KafkaSourceTask implements SourceTask {
  readonly #context: SourceTaskContext<KafkaSourceConfig>;
  /** Set only where positions are committed to a group, because the runtime makes one more checkpoint for a task that has it. */
  readonly stored?: (positions: ReadonlyMap<string, Position>) => Promise<readonly string[]>;
  readonly #onAbort = () => this.#run?.fetcher.wake();
  #run: Run | undefined;
  #polls = 0;

  constructor(context: SourceTaskContext<KafkaSourceConfig>) {
    this.#context = context;
    if (context.config.commitGroup !== undefined) this.stored = async (positions) => (await this.#run?.commits?.commit(positions)) ?? [];
  }

  async start(): Promise<void> {
    const { config, clients, signal, taskConfig } = this.#context;
    const connect = async () => new KafkaClient(config, 'source');
    const client = await clients.get(connectionKey(config, 'source'), connect, (opened) => opened.close());
    const topics = new PlannedTopics(client, taskConfig);
    const recovery = new Recovery(signal, config.requestTimeoutMs);
    let attempts = 0;
    const open = async () => {
      attempts += 1;
      const opened = await openReaders(this.#context, client, await topics.describe(attempts > 1));
      const passing = [...opened.problems.values()].find((problem) => recovery.mayPass(problem));
      if (passing !== undefined) throw passing;
      return opened;
    };
    const { readers, problems } = await untilAborted(recovery.retry(open), signal);
    const [problem] = problems.values();
    if (problem !== undefined && readers.length === 0) throw problem;
    const notices = [...topics.unread(), ...(await untilAborted(newTopicsNotice(client, this.#context), signal))];
    const gaps = new GapNotices(client);
    const fetcher = new Fetcher({
      client,
      readers,
      committedOnly: this.#committedOnly,
      maxFetchBytes: config.maxFetchBytes,
      starvingMs: config.requestTimeoutMs,
      signal,
      patienceMs: config.requestTimeoutMs,
      refresh: () => topics.describe(true),
      onOutOfRange: outOfRangePolicy(client, config, (notice) => this.#running.notices.push(notice)),
      onGaps: (reader) => gaps.add(reader),
    });
    const { commitGroup } = config;
    const partitions = readers.map(({ name }) => name);
    const commits = commitGroup === undefined ? undefined : new GroupCommits(client, commitGroup, this.#context.connector, partitions);
    this.#run = { client, readers, fetcher, gaps, commits, stopped: new Map(problems), notices };
    signal.addEventListener('abort', this.#onAbort);
    fetcher.pump();
  }

  async poll(limit: PollLimit): Promise<PollResult> {
    const run = this.#running;
    this.#polls += 1;
    for (;;) {
      throwIfAborted(this.#context.signal);
      // What is missing before a record is told with it at the latest.
      while (run.gaps.pending) await untilAborted(run.gaps.settled(), this.#context.signal);
      run.notices.push(...run.gaps.take());
      const records = takeFairly(run.readers, limit, this.#polls);
      this.#leaveStopped(run, records.length > 0);
      run.fetcher.pump();
      const caughtUp = run.readers.every(({ finished }) => finished);
      const positions = untoldPositions(run.readers);
      if (caughtUp) run.notices.push(...heldBackNotices(run.readers));
      const { stopped, notices } = run;
      if (records.length > 0 || positions.size > 0 || stopped.size > 0 || notices.length > 0 || caughtUp) {
        run.stopped = new Map();
        run.notices = [];
        return { records, positions, caughtUp, stopped, notices };
      }
      await run.fetcher.arrival();
    }
  }

  leave(partition: string): void {
    this.#drop((reader) => reader.name === partition);
    this.#running.fetcher.wake();
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
    const records = this.remaining();
    return records === undefined ? {} : { records };
  }

  /** Undefined while a partition's end is not known. That is not the same as nothing left to copy. */
  remaining(): number | undefined {
    const { readers } = this.#running;
    if (readers.some(({ endKnownAt }) => endKnownAt === 0)) return undefined;
    return readers.reduce((sum, { currentEnd, heldBack, position }) => sum + Math.max(0, currentEnd + heldBack - position), 0);
  }

  async stop(): Promise<void> {
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    this.#run?.fetcher.stop();
    this.#run?.commits?.stop();
  }

  /** Takes out what can't be read on, once all before it is handed out. Throws where nothing is left to tell or to read. */
  #leaveStopped(run: Run, hasRecords: boolean): void {
    const failed = run.readers.flatMap((reader) => (reader.failure === undefined ? [] : [[reader, reader.failure] as const]));
    const stopped = new Map([...run.fetcher.takeStopped(), ...failed]);
    if (stopped.size === 0) return;
    this.#drop((reader) => stopped.has(reader));
    const [[, first]] = [...stopped] as [[PartitionReader, ConnectError]];
    if (run.readers.length === 0 && run.stopped.size === 0 && !hasRecords) throw first;
    for (const [reader, error] of stopped) run.stopped.set(reader.name, error);
  }

  #drop(isLeft: (reader: PartitionReader) => boolean): void {
    const run = this.#running;
    for (const reader of run.readers) if (isLeft(reader)) run.fetcher.leave(reader);
    run.readers = run.readers.filter((reader) => !isLeft(reader));
  }

  get #committedOnly(): boolean {
    return this.#context.config.isolation === 'read_committed';
  }

  get #running(): Run {
    if (this.#run === undefined) throw new ConnectError('INTERNAL', 'the Kafka source was used before its start');
    return this.#run;
  }
}
