import type { MysqlSinkConfig } from './config.ts';
import { type Operation, sameColumns } from './operations.ts';
import type { TargetColumn, TargetTable } from './target-table.ts';

type Mode = MysqlSinkConfig['mode'];
type Write = Extract<Operation, { kind: 'write' }>;

/** Rows of one table that are treated alike, one after the other. */
export type Step =
  | { readonly kind: 'delete'; readonly table: TargetTable; readonly keys: Array<readonly string[]> }
  | {
      /** `upsert`: by the key, in one statement. `merge`: changed where it is there, else added: other unique keys are not touched. */
      readonly kind: 'insert' | 'upsert' | 'merge' | 'update';
      readonly table: TargetTable;
      readonly columns: readonly TargetColumn[];
      readonly rows: WrittenRow[];
    };

export interface WrittenRow {
  /** Literals in the order of the columns. */
  readonly values: readonly string[];
  readonly key: readonly string[];
}

/** A whole number. Other values of one key may be written in several ways: a collation takes `'a'` and `'A'` for one, a decimal 1 and 1.0. */
const ONE_SPELLING = /^(0|-?[1-9]\d{0,19})$/;

/** What becomes of one row: gone, written, or gone and then written anew. */
interface Fate {
  isDeleted: boolean;
  /** Undefined where it is gone. */
  write: Write | undefined;
  /** Its key as one text. */
  readonly name: string;
  readonly key: readonly string[];
}

/**
 * Puts operations into the order in which they are done. Where rows of a table have nothing to do with each other, and their keys are
 * whole numbers, one row is touched once, as all operations together leave it; rows of all other tables keep the order of their operations.
 */
export function stepsOf(operations: readonly Operation[], mode: Mode): Step[] {
  const steps: Step[] = [];
  const fates = new Map<TargetTable, Map<string, Fate>>();
  const spelled = new Set(operations.filter(({ key }) => !key.every((literal) => ONE_SPELLING.test(literal))).map(({ table }) => table));
  for (const operation of operations) {
    const { table } = operation;
    const isFree = mode === 'upsert' && table.key.length > 0 && table.isKeyAlone && !table.isOrdered && !spelled.has(table);
    if (!isFree) append(steps, operation, mode);
    else {
      const own = fates.get(table) ?? new Map<string, Fate>();
      fates.set(table, own);
      fold(own, operation);
    }
  }
  for (const [table, own] of fates) settle(steps, table, own);
  return steps;
}

function fold(fates: Map<string, Fate>, operation: Operation): void {
  const { key } = operation;
  const name = key.join(',');
  let fate = fates.get(name);
  if (fate === undefined) {
    fate = { isDeleted: false, write: undefined, name, key };
    fates.set(name, fate);
  }
  if (operation.kind === 'delete') {
    fate.isDeleted = true;
    fate.write = undefined;
  } else fate.write = fate.write === undefined ? operation : together(fate.write, operation);
}

/** What two writes of one row leave of it. */
function together(first: Write, second: Write): Write {
  if (sameColumns(first.columns, second.columns)) return second;
  const values = new Map(first.columns.map((column, index) => [column, first.values[index] as string]));
  for (const [index, column] of second.columns.entries()) values.set(column, second.values[index] as string);
  return { ...second, columns: [...values.keys()], values: [...values.values()] };
}

/** Sorted, so that tasks that touch the same rows lock them in one order. What goes makes room before anything comes. */
function settle(steps: Step[], table: TargetTable, fates: ReadonlyMap<string, Fate>): void {
  const sorted = [...fates.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { isDeleted, key } of sorted) if (isDeleted) append(steps, { kind: 'delete', table, key }, 'upsert');
  const writes = sorted.map(({ write }) => write).filter((write) => write !== undefined);
  // Rows that share their columns need one look at them.
  const signatures = new Map<readonly TargetColumn[], string>();
  const signature = ({ columns }: Write): string => {
    const known = signatures.get(columns) ?? columns.map(({ name }) => name).join('\0');
    signatures.set(columns, known);
    return known;
  };
  for (const alike of Map.groupBy(writes, signature).values()) for (const write of alike) append(steps, write, 'upsert');
}

function append(steps: Step[], operation: Operation, mode: Mode): void {
  const last = steps.at(-1);
  const { table } = operation;
  if (operation.kind === 'delete') {
    if (last?.kind === 'delete' && last.table === table) last.keys.push(operation.key);
    else steps.push({ kind: 'delete', table, keys: [operation.key] });
    return;
  }
  const { columns } = operation;
  // Table, columns and mode are what the kind depends on.
  if (last !== undefined && last.kind !== 'delete' && last.table === table && sameColumns(last.columns, columns)) last.rows.push(operation);
  else steps.push({ kind: kindOf(operation, mode), table, columns, rows: [operation] });
}

function kindOf({ table, columns, key }: Write, mode: Mode): 'insert' | 'upsert' | 'merge' | 'update' {
  if (mode === 'update') return 'update';
  if (mode === 'insert' || key.length === 0) return 'insert';
  // The server looks for missing values before it looks whether the row is there.
  const isWhole = [...table.columns.values()].every((column) => !column.isRequired || columns.includes(column));
  return table.isKeyAlone && isWhole ? 'upsert' : 'merge';
}
