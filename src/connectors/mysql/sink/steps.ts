import type { MysqlSinkConfig } from './config.ts';
import type { Operation } from './operations.ts';
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
  values: ReadonlyMap<TargetColumn, string> | undefined;
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
  const fate = fates.get(name) ?? { isDeleted: false, values: undefined, key };
  fates.set(name, fate);
  if (operation.kind === 'delete') {
    fate.isDeleted = true;
    fate.values = undefined;
  } else fate.values = fate.values === undefined ? operation.values : new Map([...fate.values, ...operation.values]);
}

/** Sorted, so that tasks that touch the same rows lock them in one order. What goes makes room before anything comes. */
function settle(steps: Step[], table: TargetTable, fates: ReadonlyMap<string, Fate>): void {
  const sorted = [...fates].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fate]) => fate);
  for (const { isDeleted, key } of sorted) if (isDeleted) append(steps, { kind: 'delete', table, key }, 'upsert');
  const writes = sorted.filter(({ values }) => values !== undefined) as Array<Fate & Pick<Write, 'values'>>;
  for (const alike of Map.groupBy(writes, ({ values }) => signature(values)).values()) {
    for (const { values, key } of alike) append(steps, { kind: 'write', table, values, key }, 'upsert');
  }
}

function append(steps: Step[], operation: Operation, mode: Mode): void {
  const last = steps.at(-1);
  const { table } = operation;
  if (operation.kind === 'delete') {
    if (last?.kind === 'delete' && last.table === table) last.keys.push(operation.key);
    else steps.push({ kind: 'delete', table, keys: [operation.key] });
    return;
  }
  const kind = kindOf(operation, mode);
  const row = { values: [...operation.values.values()], key: operation.key };
  const columns = [...operation.values.keys()];
  if (last?.kind === kind && last.table === table && sameColumns(last.columns, columns)) last.rows.push(row);
  else steps.push({ kind, table, columns, rows: [row] });
}

function kindOf({ table, values, key }: Write, mode: Mode): 'insert' | 'upsert' | 'merge' | 'update' {
  if (mode === 'update') return 'update';
  if (mode === 'insert' || key.length === 0) return 'insert';
  // The server looks for missing values before it looks whether the row is there.
  const isWhole = [...table.columns.values()].every((column) => !column.isRequired || values.has(column));
  return table.isKeyAlone && isWhole ? 'upsert' : 'merge';
}

const sameColumns = (a: readonly TargetColumn[], b: readonly TargetColumn[]): boolean =>
  a.length === b.length && a.every((column, index) => column === b[index]);

const signature = (values: Write['values']): string => [...values.keys()].map(({ name }) => name).join('\0');
