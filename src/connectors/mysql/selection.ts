import type { MysqlSourceConfig } from './config.ts';

type Patterns = Pick<MysqlSourceConfig, 'tables' | 'excludeTables' | 'excludeColumns'>;

/** Databases that belong to the server itself. */
const SYSTEM = new Set(['mysql', 'sys', 'information_schema', 'performance_schema']);

/** Which tables and columns are copied. Names are compared as they are written, upper and lower case told apart. */
export class Selection {
  readonly #included: RegExp;
  readonly #excluded: RegExp;
  readonly #hidden: RegExp;
  readonly #databases: RegExp;
  readonly #known = new Map<string, boolean>();

  constructor({ tables, excludeTables = [], excludeColumns = [] }: Patterns) {
    this.#included = anyOf(tables);
    this.#excluded = anyOf(excludeTables);
    this.#hidden = anyOf(excludeColumns);
    this.#databases = anyOf(tables.map((pattern) => pattern.slice(0, pattern.indexOf('.'))));
  }

  table(database: string, table: string): boolean {
    const name = `${database}.${table}`;
    let selected = this.#known.get(name);
    if (selected === undefined) {
      selected = !SYSTEM.has(database) && this.#included.test(name) && !this.#excluded.test(name);
      this.#known.set(name, selected);
    }
    return selected;
  }

  /** Whether any of its tables may be selected. */
  database(database: string): boolean {
    return !SYSTEM.has(database) && this.#databases.test(database);
  }

  column(database: string, table: string, column: string): boolean {
    return !this.#hidden.test(`${database}.${table}.${column}`);
  }
}

/** Matches whole names; `*` stands for any characters. */
export function anyOf(patterns: readonly string[]): RegExp {
  const parts = patterns.map((pattern) => pattern.split('*').map(literally).join('.*'));
  return new RegExp(parts.length === 0 ? '$^' : `^(?:${parts.join('|')})$`, 's');
}

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
