import type { TableMapEntry, TableMapEvent } from '@vlasky/zongji';
import { type Column, type ColumnType, columnTypeOf, type Table } from '../../tables/table.ts';
import type { TableDefinition } from '../../tables/table-definitions.ts';
import { qualifiedName } from '../../tables/table-name.ts';
import type { ServerCharsets } from '../../values/charsets/server-charsets.ts';
import type { ColumnCharset } from './column-charsets.ts';
import { isKnownCode, isOfType } from './column-codes.ts';
import { loggedValues } from './column-collations.ts';
import { fillsBytes, isAmbiguous, isHiddenName, mayBeAddress } from './mariadb-columns.ts';
import { rawForm } from './raw-form.ts';
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
