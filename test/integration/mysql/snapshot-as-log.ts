import type { SourceRecord } from '../../../src/api/index.ts';
import type { MysqlSourceConfig } from '../../../src/connectors/mysql/config/source-config.ts';
import { MysqlServer } from '../../../src/connectors/mysql/server/server.ts';
import { planTasks } from '../../../src/connectors/mysql/snapshot/plan-tasks.ts';
import { openReaders } from '../../../src/connectors/mysql/snapshot/snapshot-task.ts';
import { type PlannedRange, taskOptions } from '../../../src/connectors/mysql/snapshot/task-options.ts';
import type { MysqlLab } from './mysql-lab.ts';

/** Every row that a first plan has the tasks read, a statement's rows at a time. */
export async function readSnapshot(
  lab: MysqlLab,
  overrides: Record<string, unknown> = {},
  onPart: (records: readonly SourceRecord[]) => void = () => {},
): Promise<SourceRecord[]> {
  const config: MysqlSourceConfig = lab.parsed({ format: 'flat', ...overrides });
  const server = new MysqlServer(config, 'source');
  try {
    const tasks = await planTasks(server, { config, maxTasks: 1, previous: [], positions: new Map(), requested: [] });
    const ranges = new Map(tasks.flatMap((task) => Object.entries(taskOptions(task).ranges ?? {}) as Array<[string, PlannedRange]>));
    const { readers } = await openReaders(server, { connector: 'lab', config, ranges, positions: new Map(), readsAhead: false });
    const records: SourceRecord[] = [];
    for (const reader of readers) {
      for (let ended = false; !ended; ) {
        const part = await reader.read({ maxRecords: 16_384, maxBytes: 64 * 1024 * 1024 });
        onPart(part.records);
        records.push(...part.records);
        ended = part.ended;
      }
      reader.close();
    }
    return records;
  } finally {
    server.close();
  }
}

/** Of a row: what tells where it goes and what is in it. */
export const content = ({ key, value, orderingKey, topic }: SourceRecord) => ({
  key: key?.toString(),
  orderingKey,
  topic,
  value: value?.toString().replace(/,"__op":"."\}$/, '}'),
});
