import type { SqlToken } from './sql-tokens.ts';

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
