import { ConnectError, type SinkRecord } from '../../../api/index.ts';
import type { TableName } from '../tables/table-name.ts';
import { withColumnNames } from './column-names.ts';
import type { MysqlSinkConfig } from './config.ts';
import { keyLiteral, literal } from './literal.ts';
import { type JsonRow, type Parse, type RowChange, rowChanges } from './row-change.ts';
import { targetName } from './target-name.ts';
import type { TargetColumn, TargetTable } from './target-table.ts';

export type Options = Pick<
  MysqlSinkConfig,
  'table' | 'mode' | 'deletes' | 'schema' | 'includeColumns' | 'excludeColumns' | 'renameColumns'
>;

/** One thing to do to one row. */
export type Operation =
  | {
      readonly kind: 'write';
      readonly table: TargetTable;
      /** Those that are written. Rows alike that come one after the other share them. */
      readonly columns: readonly TargetColumn[];
      /** Literals in the order of the columns. */
      readonly values: readonly string[];
      /** Literals of the columns of its key, in the order of the key; in mode `update`, as the row has it so far. Empty where it has none. */
      readonly key: readonly string[];
    }
  | { readonly kind: 'delete'; readonly table: TargetTable; readonly key: readonly string[] };

type Written = Pick<Extract<Operation, { kind: 'write' }>, 'columns' | 'values'>;

/** A column is missing: the table may have it by now, where its definition was read before. */
export class UnknownColumn extends Error {
  readonly table: TargetTable;
  readonly column: string;

  constructor(table: TargetTable, column: string) {
    super(`table ${table.name} has no column ${column}`);
    this.table = table;
    this.column = column;
  }
}

/** What a record is about: a change and the table that takes it. */
export interface TargetedChange {
  readonly change: RowChange;
  readonly target: TableName;
}

/** `parse`: of JSON. Empty where nothing is to be done. Throws RECORD_REFUSED. */
export function targetedChanges(record: SinkRecord, options: Options, parse?: Parse): TargetedChange[] {
  const all: TargetedChange[] = [];
  const { renameColumns } = options;
  for (const read of rowChanges(record, parse)) {
    const change = renameColumns === undefined ? read : withColumnNames(read, renameColumns);
    if (change.op === 'delete' && !options.deletes) continue;
    const { database, table } = change;
    const target = targetName(options.table, { database, table, topic: record.topic });
    if (target !== undefined) all.push({ change, target });
    // Behind the deletion that it belongs to. No program writes tombstones alone that name no table.
    else if (!change.isTombstone) throw nameless();
  }
  return all;
}

/** Throws RECORD_REFUSED for what can't be written, UnknownColumn where the table lacks a column and that is not to be ignored. */
export function operations(change: RowChange, table: TargetTable, options: Options): Operation[] {
  if (change.op === 'delete') {
    const names = { ...change.key, ...change.row };
    return [{ kind: 'delete', table, key: keyOf(names, change, table) ?? raise(keyless(table, 'deleted')) }];
  }
  const isKeyless = table.key.length === 0;
  if (options.mode !== 'insert' && isKeyless && (change.isUpdate || options.mode === 'update')) throw keyless(table, 'changed');
  const row = change.isFlat ? withKey(change.row, change.key, table) : change.row;
  const written = valuesOf(row, change, table, options);
  if (options.mode === 'insert' || isKeyless) return [{ kind: 'write', table, ...written, key: [] }];
  const key = keyOf(row, change, table) as readonly string[];
  const known = change.before;
  const before =
    known !== undefined && table.key.every(({ name }) => memberOf(known, name) !== undefined) ? keyOf(known, change, table) : key;
  if (before === undefined || before === key || before.join() === key.join()) return [{ kind: 'write', table, ...written, key }];
  if (options.mode === 'update') return [{ kind: 'write', table, ...written, key: before }];
  return [...(options.deletes ? [{ kind: 'delete' as const, table, key: before }] : []), { kind: 'write', table, ...written, key }];
}

/** What only the record's key says. */
function withKey(row: JsonRow, key: JsonRow, table: TargetTable): JsonRow {
  const missing = table.key.filter(({ name }) => memberOf(row, name) === undefined && memberOf(key, name) !== undefined);
  return missing.length === 0 ? row : { ...row, ...Object.fromEntries(missing.map(({ name }) => [name, memberOf(key, name)])) };
}

function valuesOf(row: JsonRow, change: RowChange, table: TargetTable, options: Options): Written {
  const { schema } = options;
  const columns: TargetColumn[] = [];
  const values: string[] = [];
  // Two names are of one column only where one of them is not written as the column's.
  let seen: Set<TargetColumn> | undefined;
  for (const name of Object.keys(row)) {
    const value = row[name];
    const column = table.columns.get(name.toLowerCase());
    const isOfKey = column !== undefined && table.key.includes(column);
    if (!isOfKey && !isSelected(name, options)) continue;
    if (column === undefined) {
      if (schema === 'ignore' || isAddition(name, change)) continue;
      // A column that is made later has null in this row, too.
      if (schema !== 'fail' && value === null && change.types.get(name)?.type === undefined) continue;
      throw new UnknownColumn(table, name);
    }
    if (column.isGenerated) continue;
    if (name !== column.name) seen ??= new Set(columns);
    if (seen?.has(column)) throw twice(column);
    seen?.add(column);
    columns.push(column);
    values.push(literal(column, value, change.types.get(name)));
  }
  if (change.isWhole) {
    const named = new Set(columns);
    for (const column of table.columns.values()) {
      if (!column.isNullable || column.isGenerated || named.has(column) || !isSelected(column.name, options)) continue;
      columns.push(column);
      values.push('NULL');
    }
  }
  return { columns: shared(columns), values };
}

let last: readonly TargetColumn[] = [];

/** The columns of the row before where they are the same. */
function shared(columns: readonly TargetColumn[]): readonly TargetColumn[] {
  if (!sameColumns(last, columns)) last = columns;
  return last;
}

export const sameColumns = (a: readonly TargetColumn[], b: readonly TargetColumn[]): boolean =>
  a === b || (a.length === b.length && a.every((column, index) => column === b[index]));

/** Whether a column that is not of the key is to be written. */
export function isSelected(name: string, { includeColumns, excludeColumns = [] }: Options): boolean {
  if (includeColumns === undefined && excludeColumns.length === 0) return true;
  const isNamed = (names: readonly string[]) => names.some((each) => each.toLowerCase() === name.toLowerCase());
  return !isNamed(excludeColumns) && (includeColumns === undefined || isNamed(includeColumns));
}

/** Whether a program has added the member to a row. */
export const isAddition = (name: string, { isFlat }: RowChange): boolean => isFlat && name.startsWith('__');

/** Undefined where the table has none. */
function keyOf(row: JsonRow, { types }: RowChange, { key, name }: TargetTable): readonly string[] | undefined {
  if (key.length === 0) return undefined;
  return key.map((column) => {
    const value = memberOf(row, column.name);
    if (value !== undefined && value !== null) return keyLiteral(column, value, types.get(column.name));
    throw new ConnectError('RECORD_REFUSED', `it has no value of ${column.name}, which is of the key of table ${name}`, {
      remedy: 'let its producer write the columns of the key, in the value or as a JSON object in the key',
    });
  });
}

/** Under the name, whatever its case. */
function memberOf(row: JsonRow, name: string): unknown {
  // Not what any object has besides: `constructor`.
  if (Object.hasOwn(row, name)) return row[name];
  const other = Object.keys(row).find((each) => each.toLowerCase() === name.toLowerCase());
  return other === undefined ? undefined : row[other];
}

const keyless = ({ name }: TargetTable, done: string): ConnectError =>
  new ConnectError(
    'RECORD_REFUSED',
    `a row is to be ${done} in table ${name}, which has neither a primary key nor a unique one without nulls`,
    {
      remedy: 'give the table a primary key',
    },
  );

const nameless = (): ConnectError =>
  new ConnectError('RECORD_REFUSED', 'it does not say which table it is of', {
    remedy: 'set sink.table to a name without {{database}} and {{table}}',
  });

function raise(error: ConnectError): never {
  throw error;
}

const twice = ({ name }: TargetColumn): ConnectError =>
  new ConnectError('RECORD_REFUSED', `it has two values for column ${name}, whose name the server takes in any case`, {
    remedy: 'let its producer write one of them, or name columns so that they differ in more than their case',
  });
