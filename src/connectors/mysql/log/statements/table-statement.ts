import type { SqlToken } from './sql-tokens.ts';
import { DEFINITION, listedTables, type NamedTable, namedTable, ROWS, type Statement } from './statement.ts';

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

/** What `ADD` adds besides columns. */
const NO_COLUMN = /^(INDEX|KEY|UNIQUE|FULLTEXT|SPATIAL|CONSTRAINT|PRIMARY|FOREIGN|CHECK|PERIOD|PARTITION|SYSTEM)$/;

/**
 * Whether `ALTER TABLE` may give rows other values: a new column with more than NULL in it, or a column of another type. `tokens`: behind
 * the table's name.
 */
function mayChangeValues(tokens: readonly SqlToken[]): boolean {
  return parts(tokens).some((part) => {
    const words = part.map(({ word }) => word);
    const [verb, first = ''] = words;
    if (verb === 'MODIFY' || verb === 'CHANGE' || (verb === 'CONVERT' && first === 'TO')) return true;
    return verb === 'ADD' && !NO_COLUMN.test(first) && fillsColumn(words);
  });
}

function fillsColumn(words: readonly string[]): boolean {
  return words.some((word, at) => {
    const next = words[at + 1];
    if (word === 'DEFAULT') return next !== 'NULL';
    if (word === 'NOT') return next === 'NULL';
    // A TIMESTAMP may begin with the time of the statement.
    return /^(AS|GENERATED|AUTO_INCREMENT|SERIAL|TIMESTAMP)$/.test(word);
  });
}

/** Between commas that stand in no parentheses. */
function parts(tokens: readonly SqlToken[]): SqlToken[][] {
  const found: SqlToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'symbol' && token.text === ',' && token.depth === 0) found.push([]);
    else found.at(-1)?.push(token);
  }
  return found;
}
