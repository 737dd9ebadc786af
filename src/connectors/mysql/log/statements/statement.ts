import type { TableName } from '../../tables/table-name.ts';
import { type SqlMode, type SqlToken, sqlTokens, USUAL } from './sql-tokens.ts';

/** What a statement in the log means for its reader. */
export type Statement =
  | { readonly kind: 'begin' | 'begin-two-phase' | 'prepare' | 'commit' | 'rollback' | 'ignored' }
  /** `changed`: a table whose rows may have other values behind it. */
  | { readonly kind: 'definition'; readonly changed?: NamedTable }
  | { readonly kind: 'savepoint' | 'rollback-to'; readonly name: string }
  /** Rows are changed, or may be: whatever is not known to change none. They can't be told from the statement. */
  | { readonly kind: 'rows' }
  /** Rows of these tables are gone, or others are there, and the log has none of it. `whole`: all are gone, and nothing else. */
  | { readonly kind: 'empties'; readonly tables: readonly NamedTable[]; readonly whole: boolean }
  /** All tables of a database are gone. */
  | { readonly kind: 'drops-database'; readonly database: string }
  /** Makes this a table that keeps its history. */
  | { readonly kind: 'versions'; readonly table: NamedTable };

export const ROWS: Statement = { kind: 'rows' };
export const IGNORED: Statement = { kind: 'ignored' };
export const DEFINITION: Statement = { kind: 'definition' };

/** A table as a statement names it; without a database, that of its session. */
export interface NamedTable {
  readonly database: string | undefined;
  readonly table: string;
}

/** The tables of a list. */
export function listedTables(tokens: readonly SqlToken[], from: number): NamedTable[] {
  const tables: NamedTable[] = [];
  for (let at = from; at < tokens.length; ) {
    const { table: named, behind } = namedTable(tokens, at);
    tables.push(named);
    if (tokens[behind]?.text !== ',') break;
    at = behind + 1;
  }
  return tables;
}

/** The table that is named there, and what comes behind its name. */
export function namedTable(tokens: readonly SqlToken[], from: number): { readonly table: NamedTable; readonly behind: number } {
  let at = from;
  while (/^(IF|NOT|EXISTS)$/.test(tokens[at]?.word ?? '')) at += 1;
  const first = tokens[at]?.text ?? '';
  if (tokens[at + 1]?.text !== '.') return { table: { database: undefined, table: first }, behind: at + 1 };
  return { table: { database: first, table: tokens[at + 2]?.text ?? '' }, behind: at + 3 };
}

/**
 * The databases that a statement names itself, wherever it was sent from: `shop` of `UPDATE shop.orders`. Some may be no databases but
 * other names before a dot.
 */
export function namedDatabases(text: string, mode: SqlMode = USUAL): string[] {
  const tokens = sqlTokens(text, mode, true);
  const names = tokens.filter(({ kind, text: name }, at) => {
    const dot = tokens[at + 1];
    return (kind === 'name' || kind === 'word') && dot?.kind === 'symbol' && dot.text === '.' && !/^\d+$/.test(name);
  });
  return [...new Set(names.map(({ text: name }) => name))];
}

/** The database of what a definition is about, where the statement names it. */
export function definedIn(text: string, mode: SqlMode = USUAL): string | undefined {
  const tokens = sqlTokens(text, mode, true);
  const end = tokens.findIndex(
    ({ word, kind, text: symbol }) => /^(LIKE|AS|SELECT|TO)$/.test(word) || (kind === 'symbol' && symbol === '('),
  );
  // The table of an index stands behind ON.
  const [first] = tokens.slice(0, end < 0 ? tokens.length : end).flatMap(({ kind, text: name }, at) => {
    const dot = tokens[at + 1];
    const isQualifier = (kind === 'name' || kind === 'word') && !name.includes('@') && dot?.kind === 'symbol' && dot.text === '.';
    return isQualifier ? [name] : [];
  });
  return first;
}

const EMPTIES = /^DELETE FROM `((?:[^`]|``)+)`\.`((?:[^`]|``)+)`$/i;

/** The table of a statement as the server writes it for one that was in memory when it stopped. Others may have written it, too. */
export function emptiedTable(text: string): TableName | undefined {
  const [, database, table] = EMPTIES.exec(text.trim()) ?? [];
  if (database === undefined || table === undefined) return undefined;
  return { database: database.replaceAll('``', '`'), table: table.replaceAll('``', '`') };
}
