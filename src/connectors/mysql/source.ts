import type { Lag, PollLimit, PollResult, Position, SourceTask, SourceTaskContext } from '../../api/index.ts';
import { untilAborted } from '../../kit/index.ts';
import { selectionNotices } from './check/selection-gaps.ts';
import type { MysqlSourceConfig } from './config/source-config.ts';
import { parseWithSnapshot, STREAM, withSnapshot } from './position/position.ts';
import { warmServer } from './server/server.ts';
import { SnapshotTask } from './snapshot/snapshot-task.ts';
import { passedWith, resumeAt, waitsFor } from './snapshot/stream-gate.ts';
import { DONE, isOnDemand, type PlannedRange, type PlannedStream, taskOptions } from './snapshot/task-options.ts';

type Context = SourceTaskContext<MysqlSourceConfig>;

/**
 * A task of the MySQL source: its ranges first, then the log, if it has that, once no range of any task is left. Until then a run
 * ends with its ranges.
 */
export class MysqlSourceTask implements SourceTask {
  readonly #context: Context;
  readonly #snapshot: SnapshotTask;
  readonly #planned: PlannedStream | undefined;
  #stream: SourceTask | undefined;
  #waitsFor: string | undefined;
  #notices: readonly string[] = [];
  /** Where the stream goes on, until it was told that it has waited for the snapshot: the next run need not ask. */
  #untold: Position | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.#snapshot = new SnapshotTask(context);
    this.#planned = taskOptions(context.taskConfig).stream;
  }

  async start(): Promise<void> {
    await this.#snapshot.start();
    if (this.#snapshot.done) await this.#startStream();
    const { clients, config, signal, taskConfig } = this.#context;
    const { tables } = taskOptions(taskConfig);
    // One task of a connector looks: the one with the log, or the first where there is none.
    if (this.#planned === undefined && tables === undefined) return;
    this.#notices = await untilAborted(selectionNotices({ clients, config }, tables), signal);
  }

  async poll(limit: PollLimit): Promise<PollResult> {
    const result = await this.#poll(limit);
    if (this.#notices.length === 0) return result;
    const notices = [...this.#notices, ...(result.notices ?? [])];
    this.#notices = [];
    return { ...result, notices };
  }

  async #poll(limit: PollLimit): Promise<PollResult> {
    if (!this.#snapshot.done) {
      const result = await this.#snapshot.poll(limit);
      if (this.#snapshot.done) await this.#startStream();
      return { ...result, caughtUp: this.#snapshot.done && this.#stream === undefined };
    }
    if (this.#stream === undefined) return { records: [], caughtUp: true };
    if (this.#untold !== undefined) return this.#tell(this.#untold);
    return this.#stream.poll(limit);
  }

  leave(partition: string): void {
    if (partition === STREAM) this.#stream?.leave?.(partition);
  }

  async lag(): Promise<Lag> {
    if (this.#waitsFor !== undefined) return { waitsFor: this.#waitsFor };
    return (await this.#stream?.lag?.()) ?? {};
  }

  async stop(): Promise<void> {
    this.#snapshot.stop();
    await this.#stream?.stop();
  }

  #tell(position: Position): PollResult {
    this.#untold = undefined;
    return { records: [], positions: new Map([[STREAM, position]]), caughtUp: false };
  }

  async #startStream(): Promise<void> {
    const planned = this.#planned;
    if (planned === undefined) return;
    this.#waitsFor = await waitsFor(planned, this.#context);
    if (this.#waitsFor !== undefined) return;
    const stored = this.#context.positions.get(STREAM);
    const snapshot = passedWith(planned, stored, this.#context);
    const place = resumeAt(planned, stored);
    const told = place === undefined ? undefined : withSnapshot({ snapshot, place });
    this.#untold = told === stored ? undefined : told;
    this.#stream = await openStream(this.#context, { snapshot, place });
    await this.#stream.start();
  }
}

interface StreamStart {
  /** The last snapshot that the log has waited for. */
  readonly snapshot: number;
  /** Where the log goes on; undefined where the configuration says it. */
  readonly place: Position | undefined;
}

/** What reads the log, and with it the tables that are read on demand and not to their ends. */
async function openStream(context: SourceTaskContext<MysqlSourceConfig>, start: StreamStart): Promise<SourceTask> {
  const { config, clients, taskConfig } = context;
  const { LogTask } = await import('./log/log-task.ts');
  const streamFrom = (place: Position | undefined, heartbeat: boolean, onDefinition?: (statement: string) => void) => {
    const positions = new Map(place === undefined ? [] : [[STREAM, place]]);
    const options = { snapshot: start.snapshot, ...(onDefinition !== undefined && { onDefinition }) };
    return new LogTask({ ...context, config: { ...config, heartbeat }, positions }, options);
  };
  const { ranges = {} } = taskOptions(taskConfig);
  const open = taskConfig.partitions.filter((partition) => isOnDemand(partition) && context.positions.get(partition) !== DONE);
  if (open.length === 0) return streamFrom(start.place, config.heartbeat);
  const { OnDemandSnapshot } = await import('./snapshot/on-demand-snapshot.ts');
  return new OnDemandSnapshot({
    context,
    server: await warmServer(config, 'source', clients),
    ranges: new Map(open.map((partition) => [partition, ranges[partition] as PlannedRange])),
    openStream: ({ from, last, onDefinition }) =>
      streamFrom(from === undefined ? start.place : parseWithSnapshot(from).place, last && config.heartbeat, onDefinition),
  });
}
