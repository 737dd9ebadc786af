import type { Lag, PollLimit, PollResult, Position, SourceRecord, SourceTask, SourceTaskContext } from '../../../api/index.ts';
import { State, untilAborted } from '../../../kit/index.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { rowOf } from '../messages/keyed-records.ts';
import { WaitingRecords } from '../messages/waiting-records.ts';
import { untilReadable } from '../position/log-end.ts';
import { STREAM } from '../position/position.ts';
import type { MysqlServer } from '../server/server.ts';
import { serverFacts } from '../server/server-facts.ts';
import type { PartitionReader } from './range-reader.ts';
import { openReaders } from './snapshot-task.ts';
import { DONE, type PlannedRange } from './task-options.ts';

export interface OnDemandOptions {
  readonly context: SourceTaskContext<MysqlSourceConfig>;
  readonly server: MysqlServer;
  /** By partition; none of them done. */
  readonly ranges: ReadonlyMap<string, PlannedRange>;
  readonly openStream: (options: StreamOptions) => SourceTask;
}

/** A part of the log that is read, to its end as it is when it is opened. */
export interface StreamOptions {
  /** Undefined: from where the run begins. */
  readonly from: Position | undefined;
  /** With what belongs to a run's end. */
  readonly last: boolean;
  readonly onDefinition: (statement: string) => void;
}

/** Rows of one statement. */
interface Chunk {
  readonly partition: string;
  readonly records: readonly SourceRecord[];
  /** The position behind them. */
  readonly after: Position;
}

/** A reader's chunk as a whole: what it kept back would be older than the next look at the log. */
const WHOLE_CHUNK: PollLimit = { maxRecords: 16_384, maxBytes: Number.POSITIVE_INFINITY };

/** `following`: before the first chunk is read. `ending`: every row was read. `left`: the log has stopped for this run. */
type Phase = 'following' | 'checking' | 'handing out' | 'ending' | 'left';

/**
 * The log, and tables that are read while it goes on. By turns the log is read to its end, and a chunk of rows from a table. A chunk is
 * handed out once the log was read on to its end as it is after the chunk's statement, without the rows that the log changed on the
 * way: it had them newer, or as new. Whatever the log changes later comes behind the chunk.
 *
 *               the log has ended:                      the log has ended: the next is read,
 *               a chunk is read                         and what is left of this one waits
 *   following ─────────────────────▶ checking ─────────────────────────────▶ handing out
 *       │                            │  ▲  ▲                                   │  │
 *       │                            └──┘  └───────────────────────────────────┘  │
 *       │       its table was redefined: it is read again    all was handed out   │ the same, and there is no other chunk
 *       │ there is no row                                                         ▼
 *       └─────────────────────────────────────────────────────────────────────▶ ending
 *
 * A table that is gone is told in `handing out`, too, also without a chunk before it. The log may be left in any state.
 */
export class OnDemandSnapshot implements SourceTask {
  readonly #options: OnDemandOptions;
  readonly #positions: Map<string, Position>;
  /** Tables and keys of rows that the log has changed since the chunk's statement. */
  readonly #changed = new Set<ReturnType<typeof rowOf>>();
  readonly #waiting = new WaitingRecords();
  #stream: SourceTask;
  /** Of the log; undefined as long as no position was told. */
  #place: Position | undefined;
  /** Of the log: rows of every transaction up to there can be read. */
  #readableAt: Position | undefined;
  /** Opened when they are needed. */
  #readers: PartitionReader[] | undefined;
  #chunk: Chunk | undefined;
  /** The table may have other columns now, or have been emptied. */
  #redefined = false;
  /** Where partitions are behind what waits. */
  #reached: ReadonlyMap<string, Position> | undefined;
  readonly #phase = new State<Phase>('following', {
    following: ['checking', 'handing out', 'ending', 'left'],
    checking: ['checking', 'handing out', 'ending', 'left'],
    'handing out': ['checking', 'ending', 'left'],
    ending: ['left'],
    left: ['left'],
  });

  constructor(options: OnDemandOptions) {
    this.#options = options;
    this.#positions = new Map(options.context.positions);
    this.#stream = this.#openStream(false);
  }

  start(): Promise<void> {
    return this.#stream.start();
  }

  async poll(limit: PollLimit): Promise<PollResult> {
    if (this.#phase.now === 'left') return { records: [], caughtUp: true };
    if (this.#phase.now === 'handing out') return this.#handOut(limit);
    const ending = this.#phase.now === 'ending';
    const result = await this.#stream.poll(limit);
    if (ending) return result;
    if (this.#chunk !== undefined) for (const record of result.records) this.#changed.add(rowOf(record));
    this.#place = result.positions?.get(STREAM) ?? result.records.at(-1)?.position ?? this.#place;
    if (result.caughtUp) await untilAborted(this.#turn(), this.#options.context.signal);
    return { ...result, caughtUp: false };
  }

  /** Rows can't be told from changes that nobody reads: they wait with the log. */
  leave(partition: string): void {
    if (partition === STREAM) this.#phase.enter('left');
  }

  async lag(): Promise<Lag> {
    return (await this.#stream.lag?.()) ?? {};
  }

  async stop(): Promise<void> {
    this.#closeReaders();
    await this.#stream.stop();
  }

  #handOut(limit: PollLimit): PollResult {
    const records: SourceRecord[] = [];
    this.#waiting.take(records, 0, limit);
    if (!this.#waiting.empty) return { records, caughtUp: false };
    const positions = this.#reached ?? new Map();
    this.#reached = undefined;
    this.#phase.enter(this.#readsOn);
    return { records, positions, caughtUp: false };
  }

  /** At the end of the log: lets the chunk go that was read before, reads the next one, and has the log read on. */
  async #turn(): Promise<void> {
    await this.#stream.stop();
    if (this.#chunk !== undefined) this.#release(this.#chunk);
    this.#chunk = await this.#read();
    this.#changed.clear();
    this.#redefined = false;
    this.#stream = this.#openStream(this.#chunk === undefined);
    await this.#stream.start();
    // Whoever left the log meanwhile has left it for good.
    if (!this.#isLeft) this.#phase.enter(this.#reached === undefined ? this.#readsOn : 'handing out');
  }

  /** How the log is read on. */
  get #readsOn(): Phase {
    return this.#chunk === undefined ? 'ending' : 'checking';
  }

  get #isLeft(): boolean {
    return this.#phase.now === 'left';
  }

  #openStream(last: boolean): SourceTask {
    return this.#options.openStream({ from: this.#place, last, onDefinition: (statement) => this.#heed(statement) });
  }

  #heed(statement: string): void {
    const table = this.#options.ranges.get(this.#chunk?.partition ?? '')?.table;
    if (table !== undefined && names(statement, table)) this.#redefined = true;
  }

  #release({ partition, records, after }: Chunk): void {
    if (this.#redefined) {
      // Read again from behind the last chunk, as the table is now.
      this.#closeReaders();
      return;
    }
    this.#waiting.add(records.filter((record) => !this.#changed.has(rowOf(record))));
    this.#reach([[partition, after]]);
  }

  /** Undefined where every row was read. */
  async #read(): Promise<Chunk | undefined> {
    const { server } = this.#options;
    // What the log has told by now must be in the rows: they come behind it.
    if (this.#readers === undefined) this.#readers = await this.#open();
    else if (this.#readableAt !== this.#place) await untilReadable(server, await serverFacts(server));
    this.#readableAt = this.#place;
    const [reader] = this.#readers;
    if (reader === undefined) return undefined;
    const { records, ended } = await reader.read(WHOLE_CHUNK);
    if (ended) this.#readers.shift();
    return { partition: reader.partition, records, after: ended ? DONE : (records.at(-1)?.position as Position) };
  }

  /** Waits likewise. */
  async #open(): Promise<PartitionReader[]> {
    const { context, server, ranges } = this.#options;
    const { connector, config } = context;
    const { readers, gone } = await openReaders(server, { connector, config, ranges, positions: this.#positions, readsAhead: false });
    this.#reach(gone.map((partition) => [partition, DONE]));
    return [...readers];
  }

  #reach(reached: ReadonlyArray<readonly [string, Position]>): void {
    if (reached.length === 0) return;
    for (const [partition, position] of reached) this.#positions.set(partition, position);
    this.#reached = new Map([...(this.#reached ?? []), ...reached]);
  }

  #closeReaders(): void {
    for (const reader of this.#readers ?? []) reader.close();
    this.#readers = undefined;
  }
}

/** Whether a statement may be about a table. A database's own statements name no table. */
const names = (statement: string, table: string): boolean =>
  /\b(database|schema)\b/i.test(statement) || statement.toLowerCase().includes(table.replaceAll('`', '``').toLowerCase());
