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

/** One part of a pattern: a name in quotes, in which all stands for itself, or anything without a dot, in which `*` stands for any characters. */
const PART = '(?:`(?:[^`]|``)+`|[^.`][^.]*)';

/** What a pattern of so many parts looks like: `` shop.`a.b` ``. */
export const patternForm = (parts: number): RegExp => new RegExp(`^${PART}(?:\\.${PART}){${parts - 1}}$`, 's');

/** The parts of a pattern, as they are written. */
export const nameParts = (pattern: string): readonly string[] => pattern.match(new RegExp(PART, 'gs')) ?? [];

/** The one name that a part stands for; undefined where it stands for several. */
export function literalName(part: string): string | undefined {
  if (part.startsWith('`')) return unquoted(part);
  return part.includes('*') ? undefined : part;
}

/** The parts of a pattern, each as it matches one name. `ignoresCase`: of a part, by its place. */
function namePattern(pattern: string, ignoresCase: (place: number) => boolean): readonly RegExp[] {
  return nameParts(pattern).map((part, place) => new RegExp(`^${sourceOf(part)}$`, ignoresCase(place) ? 'isu' : 'su'));
}

/** Whether names, from the first on, are what a pattern's parts match. */
const matches = (pattern: readonly RegExp[], names: readonly string[]): boolean =>
  names.every((name, place) => pattern[place]?.test(name) ?? false);

const sourceOf = (part: string): string => (part.startsWith('`') ? literally(unquoted(part)) : part.split('*').map(literally).join('.*'));

const unquoted = (part: string): string => part.slice(1, -1).replaceAll('``', '`');

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
