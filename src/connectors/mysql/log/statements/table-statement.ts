import { mayChangeValues } from './changed-values.ts';
import { listedTables, type NamedTable, namedTable } from './named-table.ts';
import type { SqlToken } from './sql-tokens.ts';
import { DEFINITION, ROWS, type Statement } from './statement.ts';

/** What `CREATE`, `ALTER` or `DROP TABLE` means; `at`: of the word TABLE. */
export function tableStatement(tokens: readonly SqlToken[], at: number): Statement {
  const modifiers = tokens.slice(0, at).map(({ word }) => word);
  const temporary = modifiers.includes('TEMPORARY');
  if (temporary) return DEFINITION;
  const { table: name, behind } = namedTable(tokens, at + 1);
  const rest = tokens.slice(behind);
  if (tokens[0]?.word === 'DROP') return { kind: 'empties', tables: listedTables(tokens, at + 1), whole: true };
  if (versions(rest)) return { kind: 'versions', table: name };
  if (tokens[0]?.word === 'CREATE') {
    if (hasQuery(rest)) return ROWS;
    return modifiers.includes('REPLACE') ? { kind: 'empties', tables: [name], whole: true } : DEFINITION;
  }
  if (losesRows(rest)) return { kind: 'empties', tables: [name], whole: true };
  const to = newName(rest);
  if (to !== undefined) return { kind: 'empties', tables: [name, to], whole: false };
  if (!modifiers.includes('IGNORE') && !changesPartitions(rest)) {
    return mayChangeValues(rest) ? { kind: 'definition', changed: name } : DEFINITION;
  }
  const other = rest.findIndex(({ word }, index) => word === 'TABLE' && /^(WITH|CONVERT|TO)$/.test(rest[index - 1]?.word ?? ''));
  const tables = other < 0 ? [name] : [name, namedTable(rest, other + 1).table];
  return { kind: 'empties', tables, whole: false };
}

/** An engine that keeps no rows. */
function losesRows(tokens: readonly SqlToken[]): boolean {
  return tokens.some(({ word, depth }, at) => {
    const engine = tokens[at + 1]?.text === '=' ? tokens[at + 2] : tokens[at + 1];
    return depth === 0 && word === 'ENGINE' && engine?.text.toUpperCase() === 'BLACKHOLE';
  });
}

/** Rows come from elsewhere than from what is written. */
function hasQuery(tokens: readonly SqlToken[]): boolean {
  return tokens.some(({ word, depth }, at) => {
    if (word === 'SELECT') return true;
    const begins = depth === 0 || (depth === 1 && tokens[at - 1]?.text === '(');
    return begins && /^(VALUES|TABLE)$/.test(word);
  });
}

function versions(tokens: readonly SqlToken[]): boolean {
  return tokens.some(
    ({ word, depth }, at) =>
      depth === 0 && word === 'SYSTEM' && tokens[at + 1]?.word === 'VERSIONING' && /^(WITH|ADD)$/.test(tokens[at - 1]?.word ?? ''),
  );
}

/** Of the table itself, in `RENAME TO other`. */
function newName(tokens: readonly SqlToken[]): NamedTable | undefined {
  const at = tokens.findIndex(
    ({ word, depth, kind }, index) =>
      kind === 'word' && word === 'RENAME' && depth === 0 && !/^(COLUMN|INDEX|KEY)$/.test(tokens[index + 1]?.word ?? ''),
  );
  if (at < 0) return undefined;
  const isFiller = tokens[at + 1]?.kind === 'word' ? /^(TO|AS)$/.test(tokens[at + 1]?.word ?? '') : tokens[at + 1]?.text === '=';
  return namedTable(tokens, at + (isFiller ? 2 : 1)).table;
}

/** Or brings in a table's file. */
function changesPartitions(tokens: readonly SqlToken[]): boolean {
  return tokens.some(({ word, depth }, at) => {
    if (depth !== 0) return false;
    const next = tokens[at + 1]?.word ?? '';
    if (/^(DROP|TRUNCATE|EXCHANGE|CONVERT)$/.test(word)) return next === 'PARTITION' || (word === 'CONVERT' && next === 'TABLE');
    return /^(IMPORT|DISCARD)$/.test(word);
  });
}
