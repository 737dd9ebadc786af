import type { Position, SourceRecord } from '../../../api/index.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { STREAM } from '../position/position.ts';
import { type TableName, topicName } from '../tables/table-name.ts';
import type { Origin, Place } from './change.ts';
import { sourceJson } from './debezium.ts';
import { tableHeaders } from './keyed-records.ts';

/** A statement that changes tables, as Debezium tells of it. */
export function schemaChange(
  connector: string,
  database: string,
  ddl: string,
  origin: Origin,
  id: string,
  position: Position,
): SourceRecord {
  const source = sourceJson(JSON.stringify(connector), database, null, origin, 0);
  const databaseName = JSON.stringify(database);
  return {
    partition: STREAM,
    id: `${id}.s`,
    position,
    key: Buffer.from(`{"databaseName":${databaseName}}`),
    value: Buffer.from(`{"source":${source},"ts_ms":${Date.now()},"databaseName":${databaseName},"ddl":${JSON.stringify(ddl)}}`),
    headers: [],
    timestamp: origin.timestamp,
  };
}

export interface Truncation {
  readonly connector: string;
  readonly config: Pick<MysqlSourceConfig, 'format' | 'topicTemplate'>;
  readonly table: TableName;
  readonly origin: Origin;
  /** From 0, in its transaction. */
  readonly row: number;
  readonly place: Place;
}

/** A statement took all rows of a table away, as Debezium tells of it. */
export function truncation({ connector, config, table: { database, table }, origin, row, place }: Truncation): SourceRecord {
  const source = sourceJson(JSON.stringify(connector), database, table, origin, row);
  const debezium = `{"before":null,"after":null,"source":${source},"op":"t","ts_ms":${Date.now()},"transaction":null}`;
  const { topicTemplate } = config;
  return {
    partition: STREAM,
    id: `${place.id}.t`,
    position: place.after,
    key: null,
    value: Buffer.from(config.format === 'flat' ? '{"__op":"t"}' : debezium),
    headers: tableHeaders(database, table),
    timestamp: origin.timestamp,
    orderingKey: `${database}.${table}`,
    ...(topicTemplate !== undefined && { topic: topicName(topicTemplate, database, table) }),
  };
}

/** A sign of life, at the end of a run. */
export function heartbeat(connector: string, position: Position): SourceRecord {
  const now = Date.now();
  return {
    partition: STREAM,
    id: `heartbeat.${now}`,
    position,
    key: Buffer.from(JSON.stringify({ serverName: connector })),
    value: Buffer.from(JSON.stringify({ ts_ms: now })),
    headers: [],
    timestamp: now,
  };
}
