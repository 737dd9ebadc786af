import type { ColumnInfo, ColumnSchema, TableMapEntry, TableMapEvent } from '@vlasky/zongji';
import { type Column, type ColumnType, columnTypeOf, type Table } from '../../tables/table.ts';
import type { TableDefinition } from '../../tables/table-definitions.ts';
import { qualifiedName } from '../../tables/table-name.ts';
import type { ServerCharsets } from '../../values/charsets/server-charsets.ts';
import { datetimeBytes, timeBytes, timestampBytes } from '../../values/temporal.ts';
import { type ColumnCharset, loggedValues } from './column-charsets.ts';
import { fillsBytes, isAmbiguous, isHiddenName, mayBeAddress } from './mariadb-columns.ts';
import { otherType, unknownCode } from './table-refusals.ts';

/** What was found out about a table; `definition`: as it is now, where that is needed. */
export interface Described {
  readonly definition: TableDefinition | undefined;
  readonly charsets: readonly ColumnCharset[];
}

export interface LoggedTable {
  /** Without columns that queries do not show. */
  readonly table: Table;
  /** For the reader: how its values are wanted. */
  readonly entry: TableMapEntry;
}

/** Type code of a TIME as MySQL 5.5 wrote it. */
const OLD_TIME = 11;

/** A table as an event of the log describes it. Throws WRONG_KIND where its columns are other ones by now and the log does not say which. */
export function loggedTable(event: TableMapEvent, described: Described, isMariadb: boolean, charsets: ServerCharsets): LoggedTable {
  const { schemaName: database, tableName: name } = event;
  const { definition } = described;
  const entry = event.tableMap[event.tableId] as TableMapEntry;
  const all = columnsOf(event, described, isMariadb, charsets);
  const primaryKey = event.hasSelfDescribingMetadata()
    ? (event.primaryKey ?? [])
    : (definition?.primaryKey ?? []).map((key) => all.findIndex((column) => column.name === key));
  const isShown = ({ name: column }: Column) => !isHiddenName(column) || (definition?.columns.some((one) => one.name === column) ?? false);
  // What is hidden stands behind all others.
  const columns = all.slice(0, all.findLastIndex(isShown) + 1);
  const forms = (entry.columns ?? []).map((column, index) =>
    rawForm(index, column, entry.columnSchemas[index] as (typeof entry.columnSchemas)[number], (all[index] as Column).type),
  );
  return {
    table: { database, name, columns, primaryKey },
    entry: { ...entry, columns: forms.map(({ column }) => column), columnSchemas: forms.map(({ schema }) => schema) },
  };
}

function columnsOf(
  event: TableMapEvent,
  { definition, charsets: found }: Described,
  isMariadb: boolean,
  charsets: ServerCharsets,
): Column[] {
  const { columns = [], columnSchemas } = event.tableMap[event.tableId] as TableMapEntry;
  const ambiguous = isMariadb && isAmbiguous(event);
  const typeAt = (index: number): ColumnType => {
    const { COLUMN_NAME: name, COLUMN_TYPE: logged } = columnSchemas[index] as (typeof columnSchemas)[number];
    const now = definition?.columns.find((one) => one.name === name);
    const code = columns[index]?.type as number;
    const column = `${qualifiedName(event.schemaName, event.tableName)}.${name}`;
    if (!isKnownCode(code)) throw unknownCode(column, code);
    const isSame = now !== undefined && isOfType(code, now.columnType);
    if (ambiguous && mayBeAddress(event, index)) {
      const isAddress = now !== undefined && fillsBytes(now.columnType, columns[index]?.metadata?.max_length);
      return isAddress ? columnTypeOf(now) : { kind: 'unknown', what: 'a type that the log does not tell from others' };
    }
    const columnType = isSame && !event.hasSelfDescribingMetadata() ? now.columnType : logged;
    if (!isOfType(code, columnType)) throw otherType(column);
    const type = typeOf(columnType, found[index] as ColumnCharset, loggedValues(event, index), charsets);
    return code === OLD_TIME && type.kind === 'time' && type.decimals === 0 ? { kind: 'old-time' } : type;
  };
  return columnSchemas.map(({ COLUMN_NAME: name }, index) => ({ name, type: typeAt(index) }));
}

/** `values`: members as the log has them. */
function typeOf(
  columnType: string,
  { name: charset, collation }: ColumnCharset,
  values: readonly Buffer[] | undefined,
  charsets: ServerCharsets,
): ColumnType {
  if (charset === undefined) return { kind: 'unknown', what: `the unknown collation ${collation}` };
  const toUtf8 = charset === null ? undefined : charsets.converter(charset);
  if (charset !== null && toUtf8 === undefined) return { kind: 'unknown', what: `the character set ${charset}` };
  return columnTypeOf({ columnType, charset, values: values?.map((value) => (toUtf8?.(value) ?? value).toString()) });
}

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
function rawForm(index: number, column: ColumnInfo, schema: ColumnSchema, type: ColumnType): RawForm {
  const named = { ...column, name: String(index) };
  const bytes = temporalBytes(column.type, type);
  if (bytes !== undefined) return { column: { ...named, type: wire.bit, metadata: { bits: 8 * bytes } }, schema };
  // The reader loses order and digits of JSON, and ends at some of its values; what it does not know is left out anyhow.
  if (column.type === wire.json) return { column: { ...named, type: wire.blob, charset: null }, schema };
  if (type.kind === 'unknown') return asBytes(named, schema);
  if (column.type === wire.geometry) return { column: { ...named, type: wire.blob, charset: null }, schema };
  if (type.kind === 'text') return asBytes(named, schema);
  // Behind a geometry of MariaDB the reader takes the character set of another column for this one's.
  if (type.kind === 'bytes') return { column: { ...named, charset: null }, schema };
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

const BLOBS = 'tinyblob blob mediumblob longblob tinytext text mediumtext longtext json vector';
const GEOMETRIES = 'geometry point linestring polygon multipoint multilinestring multipolygon geometrycollection geomcollection';

/** Type codes of the binary log, and the types that are written with them. */
const TYPES: Readonly<Record<number, string>> = {
  ...{ 1: 'tinyint', 2: 'smallint', 3: 'int', 4: 'float', 5: 'double', 8: 'bigint', 9: 'mediumint', 246: 'decimal' },
  ...{ 7: 'timestamp', 17: 'timestamp', 10: 'date', 11: 'time', 19: 'time', 12: 'datetime', 18: 'datetime', 13: 'year' },
  ...{ 15: 'varchar varbinary', 254: 'char binary uuid inet4 inet6', 141: 'varchar varbinary', 140: BLOBS },
  ...{ 16: 'bit', 245: 'json', 247: 'enum', 248: 'set', 252: BLOBS, 255: GEOMETRIES },
};

/** Whether a column of this type (`varchar(20)`) writes values with this code. */
function isOfType(code: number, columnType: string): boolean {
  const name = /^\w+/.exec(columnType)?.[0] ?? '';
  return TYPES[code]?.split(' ').includes(name) ?? false;
}

/** False of a type that came after this was written. */
const isKnownCode = (code: number): boolean => TYPES[code] !== undefined;
