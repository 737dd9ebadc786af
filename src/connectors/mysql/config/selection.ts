import { matches, namePattern } from './name-pattern.ts';
import type { MysqlSourceConfig } from './source-config.ts';

type Patterns = Pick<MysqlSourceConfig, 'tables' | 'excludeTables' | 'excludeColumns' | 'ignoresCase'>;

/** Databases that belong to the server itself. */
const SYSTEM = new Set(['mysql', 'sys', 'information_schema', 'performance_schema']);

/** Which tables and columns are copied. Names are compared as the server does. */
export class Selection {
  readonly #included: Matcher;
  readonly #excluded: Matcher;
  readonly #hidden: Matcher;
  readonly #known = new Map<string, boolean>();

  constructor({ tables, excludeTables = [], excludeColumns = [], ignoresCase = false }: Patterns) {
    this.#included = anyOf(tables, ignoresCase);
    this.#excluded = anyOf(excludeTables, ignoresCase);
    this.#hidden = anyOf(excludeColumns, ignoresCase);
  }

  table(database: string, table: string): boolean {
    const name = JSON.stringify([database, table]);
    let selected = this.#known.get(name);
    if (selected === undefined) {
      selected = !SYSTEM.has(database.toLowerCase()) && this.#included(database, table) && !this.#excluded(database, table);
      this.#known.set(name, selected);
    }
    return selected;
  }

  /** Whether any of its tables may be selected. */
  database(database: string): boolean {
    return !SYSTEM.has(database.toLowerCase()) && this.#included(database);
  }

  column(database: string, table: string, column: string): boolean {
    return !this.#hidden(database, table, column);
  }
}

/** Whether any pattern's first parts match these names. */
export type Matcher = (...names: readonly string[]) => boolean;

/** `ignoresCase`: of databases and tables. No server tells the case of columns apart. */
export function anyOf(patterns: readonly string[], ignoresCase: boolean): Matcher {
  const parsed = patterns.map((pattern) => namePattern(pattern, (place) => ignoresCase || place === 2));
  return (...names) => parsed.some((pattern) => matches(pattern, names));
}
