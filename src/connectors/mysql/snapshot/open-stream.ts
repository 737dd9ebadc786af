import type { Position, SourceTask, SourceTaskContext } from '../../../api/index.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { parseWithSnapshot, STREAM } from '../position/position.ts';
import { warmServer } from '../server/server.ts';
import { DONE } from './snapshot-position.ts';
import { isOnDemand, type PlannedRange, taskOptions } from './task-options.ts';

export interface StreamStart {
  /** The last snapshot that the log has waited for. */
  readonly snapshot: number;
  /** Where the log goes on; undefined where the configuration says it. */
  readonly place: Position | undefined;
}

/** What reads the log, and with it the tables that are read on demand and not to their ends. */
export async function openStream(context: SourceTaskContext<MysqlSourceConfig>, start: StreamStart): Promise<SourceTask> {
  const { config, clients, taskConfig } = context;
  const { LogTask } = await import('../log/log-task.ts');
  const streamFrom = (place: Position | undefined, heartbeat: boolean, onDefinition?: (statement: string) => void) => {
    const positions = new Map(place === undefined ? [] : [[STREAM, place]]);
    const options = { snapshot: start.snapshot, ...(onDefinition !== undefined && { onDefinition }) };
    return new LogTask({ ...context, config: { ...config, heartbeat }, positions }, options);
  };
  const { ranges = {} } = taskOptions(taskConfig);
  const open = taskConfig.partitions.filter((partition) => isOnDemand(partition) && context.positions.get(partition) !== DONE);
  if (open.length === 0) return streamFrom(start.place, config.heartbeat);
  const { OnDemandSnapshot } = await import('./on-demand-snapshot.ts');
  return new OnDemandSnapshot({
    context,
    server: await warmServer(config, 'source', clients),
    ranges: new Map(open.map((partition) => [partition, ranges[partition] as PlannedRange])),
    openStream: ({ from, last, onDefinition }) =>
      streamFrom(from === undefined ? start.place : parseWithSnapshot(from).place, last && config.heartbeat, onDefinition),
  });
}
