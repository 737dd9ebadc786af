import type { PollLimit, PollResult, SourceTaskContext } from '../../../api/index.ts';
import { throwIfAborted, untilAborted } from '../../../kit/index.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { warmServer } from '../server/server.ts';
import { openReaders } from './open-readers.ts';
import type { PartitionReader } from './partition-reader.ts';
import { DONE } from './snapshot-position.ts';
import { isRange, type PlannedRange, taskOptions } from './task-options.ts';

/** Reads the ranges of a task that the log waits for, one after the other, each to its end. */
export class SnapshotTask {
  readonly #context: SourceTaskContext<MysqlSourceConfig>;
  readonly #readers: PartitionReader[] = [];
  #gone: readonly string[] = [];

  constructor(context: SourceTaskContext<MysqlSourceConfig>) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { connector, config, clients, taskConfig, positions, signal } = this.#context;
    const { ranges = {} } = taskOptions(taskConfig);
    const own = new Map(taskConfig.partitions.filter(isRange).map((partition) => [partition, ranges[partition] as PlannedRange]));
    if ([...own.keys()].every((partition) => positions.get(partition) === DONE)) return;
    const server = await warmServer(config, 'source', clients);
    const opened = await untilAborted(openReaders(server, { connector, config, ranges: own, positions, readsAhead: true }), signal);
    this.#readers.push(...opened.readers);
    this.#gone = opened.gone;
  }

  /** True when every row was handed out. */
  get done(): boolean {
    return this.#readers.length === 0 && this.#gone.length === 0;
  }

  async poll(limit: PollLimit): Promise<PollResult> {
    const { signal } = this.#context;
    throwIfAborted(signal);
    const ended = new Map(this.#gone.map((partition) => [partition, DONE]));
    this.#gone = [];
    const [reader] = this.#readers;
    if (reader === undefined) return { records: [], positions: ended, caughtUp: true };
    const part = await untilAborted(reader.read(limit), signal);
    if (part.ended) {
      reader.close();
      this.#readers.shift();
      // Also where no record could tell: the last statement found nothing.
      ended.set(reader.partition, DONE);
    }
    return { records: part.records, positions: ended, caughtUp: this.done };
  }

  stop(): void {
    for (const reader of this.#readers) reader.close();
  }
}
