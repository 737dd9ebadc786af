import type { ColumnInfo, ColumnSchema } from '@vlasky/zongji';
import type { ColumnType } from '../../tables/table.ts';
import { datetimeBytes, timeBytes, timestampBytes } from '../../values/temporal.ts';

/** Type codes of the binary log. */
const wire = { bit: 16, timestamp: 17, datetime: 18, time: 19, json: 245, blob: 252, geometry: 255 } as const;

const OLD_TIME_BYTES = 3;

/** What the reader is told about a column. */
export interface RawForm {
  readonly column: ColumnInfo;
  readonly schema: ColumnSchema;
}

/**
 * Has the reader hand out the bytes of columns that it decodes with a loss: times (wrong where negative), geometry (without its
 * reference system) and texts (its conversions are not the server's). A column of so many bits is copied as it is, and so is a blob.
 * Values are named by their index: a column may be called `__proto__`.
 */
export function rawForm(index: number, column: ColumnInfo, schema: ColumnSchema, type: ColumnType): RawForm {
  const named = { ...column, name: String(index) };
  const bytes = temporalBytes(column.type, type);
  if (bytes !== undefined) return { column: { ...named, type: wire.bit, metadata: { bits: 8 * bytes } }, schema };
  // The reader loses order and digits of JSON, and ends at some of its values; what it does not know is left out anyhow.
  if (column.type === wire.json) return { column: { ...named, type: wire.blob, charset: null }, schema };
  if (type.kind === 'unknown') return asBytes(named, schema);
  if (column.type === wire.geometry) return { column: { ...named, type: wire.blob, charset: null }, schema };
  if (type.kind === 'text') return asBytes(named, schema);
  if (type.kind === 'enum') return { column: named, schema: { ...schema, ENUM_VALUES: [...type.values] } };
  if (type.kind === 'set') return { column: named, schema: { ...schema, SET_VALUES: [...type.values] } };
  return { column: named, schema };
}

const asBytes = (column: ColumnInfo, schema: ColumnSchema): RawForm => ({
  column: { ...column, charset: null },
  schema: { ...schema, COLUMN_TYPE: 'varbinary', CHARACTER_SET_NAME: null },
});

function temporalBytes(code: number, type: ColumnType): number | undefined {
  if (code === wire.time && type.kind === 'time') return timeBytes(type.decimals);
  if (type.kind === 'old-time') return OLD_TIME_BYTES;
  if (code === wire.datetime && type.kind === 'datetime') return datetimeBytes(type.decimals);
  if (code === wire.timestamp && type.kind === 'timestamp') return timestampBytes(type.decimals);
  return undefined;
}
