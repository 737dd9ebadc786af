import type { Position, SourceRecord } from '../../../api/index.ts';
import { STREAM } from '../position.ts';
import type { Origin } from './change.ts';
import { sourceJson } from './debezium.ts';

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
