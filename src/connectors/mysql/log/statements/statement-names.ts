import type { TableName } from '../../tables/table-name.ts';
import { type SqlMode, sqlTokens, USUAL } from './sql-tokens.ts';

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
