import type { Connector, ConnectorType, Position, SourceRecord, SourceTask, TaskClass } from '../../src/api/index.ts';

export interface LogSource {
  /** Each has the id of its place, `0` for the first one of its partition, and the place behind it as its position. */
  readonly records: readonly SourceRecord[];
  readonly topics?: Connector['topics'];
}

const anything = { safeParse: (data: unknown) => ({ success: true, data }) };

/**
 * Makes the type `log-source`, a source of records in memory for one task: what its system gives is scripted, RocketMQ and the store are
 * real.
 */
export function logSource({ records, topics }: LogSource) {
  const partitions = [...new Set(records.map(({ partition }) => partition))];
  const connector: Connector = {
    taskClass: 'LogTask',
    check: async () => [],
    ...(topics !== undefined && { topics }),
    taskConfigs: async () => [{ partitions }],
    stop: async () => {},
  };
  const create = function Task({ positions }: { positions: ReadonlyMap<string, Position> }): SourceTask {
    const ahead = records.filter(({ partition, id }) => Number(id) >= Number(positions.get(partition) ?? 0));
    return {
      start: async () => {},
      poll: async () => ({ records: ahead.splice(0), caughtUp: true }),
      leave: () => {},
      stop: async () => {},
    };
  } as unknown as (TaskClass & { direction: 'source' })['create'];
  return {
    connectorTypes: {
      'log-source': async () => ({ create: () => connector, direction: 'source', config: anything }) as unknown as ConnectorType,
    },
    taskClasses: { LogTask: async (): Promise<TaskClass> => ({ direction: 'source', create }) },
  };
}
