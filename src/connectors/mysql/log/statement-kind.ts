import { type SqlMode, type SqlToken, sqlTokens } from './sql-tokens.ts';

/** A table as a statement names it; without a database, that of its session. */
export interface NamedTable {
  readonly database: string | undefined;
  readonly table: string;
}

/** What a statement in the log means for its reader. */
export type Statement =
  | { readonly kind: 'begin' | 'begin-two-phase' | 'prepare' | 'commit' | 'rollback' | 'ignored' | 'definition' }
  | { readonly kind: 'savepoint' | 'rollback-to'; readonly name: string }
  /** Rows are changed, or may be: whatever is not known to change none. They can't be told from the statement. */
  | { readonly kind: 'rows' }
  /** Rows of these tables are gone, or others are there, and the log has none of it. `whole`: all are gone, and nothing else. */
  | { readonly kind: 'empties'; readonly tables: readonly NamedTable[]; readonly whole: boolean }
  /** Makes this a table that keeps its history. */
  | { readonly kind: 'versions'; readonly table: NamedTable };

export const USUAL: SqlMode = { ansiQuotes: false, backslashEscapes: true };

const ROWS: Statement = { kind: 'rows' };
const IGNORED: Statement = { kind: 'ignored' };
const DEFINITION: Statement = { kind: 'definition' };

export function statementOf(text: string, mode: SqlMode = USUAL): Statement {
  const tokens = sqlTokens(text, mode, true);
  if (!text.includes('/*!') && !text.includes('/*M!')) return read(tokens);
  // Who wrote the log may have left out what is meant for other servers.
  const plain = sqlTokens(text, mode, false);
  const meant = read(tokens);
  return plain.length === 0 || read(plain).kind === meant.kind || startsDefinition(plain) ? meant : ROWS;
}

/** `CREATE` of `CREATE /*!50017 DEFINER ... TRIGGER` and the like, where both forms lack what they are without the other. */
const startsDefinition = (tokens: readonly SqlToken[]): boolean => tokens.length === 1 && tokens[0]?.word === 'CREATE';

function read(all: readonly SqlToken[]): Statement {
  const tokens = behindSetStatement(all).filter(({ text, kind }) => !(kind === 'symbol' && text === ';'));
  const word = (at: number): string => tokens[at]?.word ?? '';
  const second = (...words: string[]) => words.includes(word(1));
  switch (word(0)) {
    case '':
      return tokens.length === 0 ? IGNORED : ROWS;
    case 'BEGIN':
      return tokens.length === 1 || (tokens.length === 2 && word(1) === 'WORK') ? { kind: 'begin' } : ROWS;
    case 'START':
      return second('TRANSACTION') ? { kind: 'begin' } : ROWS;
    case 'COMMIT':
      return { kind: 'commit' };
    case 'ROLLBACK':
      return rollback(tokens);
    case 'SAVEPOINT':
      return { kind: 'savepoint', name: tokens[1]?.text ?? '' };
    case 'XA':
      return xa(word(1));
    case 'RELEASE':
    case 'GRANT':
    case 'REVOKE':
    case 'FLUSH':
    case 'INSTALL':
    case 'UNINSTALL':
      return IGNORED;
    case 'SET':
      return second('PASSWORD') || (second('DEFAULT') && word(2) === 'ROLE') ? IGNORED : ROWS;
    case 'ANALYZE':
    case 'OPTIMIZE':
    case 'REPAIR':
    case 'CHECK':
      // `ANALYZE UPDATE ...` runs it.
      return /^(TABLES?|VIEW)$/.test(word(second('LOCAL', 'NO_WRITE_TO_BINLOG') ? 2 : 1)) ? IGNORED : ROWS;
    case 'TRUNCATE':
      return { kind: 'empties', tables: [namedTable(tokens, word(1) === 'TABLE' ? 2 : 1).table], whole: true };
    case 'RENAME':
      return second('USER') ? IGNORED : second('TABLE', 'TABLES') ? DEFINITION : ROWS;
    case 'CREATE':
    case 'ALTER':
    case 'DROP':
      return definition(tokens);
    default:
      return ROWS;
  }
}

/** MariaDB's `SET STATEMENT x = 1 FOR ...` is what stands behind it. */
function behindSetStatement(tokens: readonly SqlToken[]): readonly SqlToken[] {
  if (tokens[0]?.word !== 'SET' || tokens[1]?.word !== 'STATEMENT') return tokens;
  return tokens.slice(tokens.findIndex(({ word, depth }) => word === 'FOR' && depth === 0) + 1);
}

function rollback(tokens: readonly SqlToken[]): Statement {
  const to = tokens.findIndex(({ word }) => word === 'TO');
  if (to < 0) return { kind: 'rollback' };
  return { kind: 'rollback-to', name: tokens.at(-1)?.text ?? '' };
}

function xa(verb: string): Statement {
  if (verb === 'START' || verb === 'BEGIN') return { kind: 'begin-two-phase' };
  if (verb === 'END') return IGNORED;
  if (verb === 'PREPARE') return { kind: 'prepare' };
  return verb === 'COMMIT' || verb === 'ROLLBACK' ? { kind: 'commit' } : ROWS;
}

/** Holds no rows, or rows that nobody reads from the log, or leaves rows as they are. */
const WITHOUT_ROWS = new Set(
  'VIEW PROCEDURE FUNCTION TRIGGER EVENT INDEX DATABASE SCHEMA SERVER TABLESPACE LOGFILE SEQUENCE PACKAGE INSTANCE REFERENCE'.split(' '),
);
const ABOUT_USERS = new Set(['USER', 'ROLE', 'RESOURCE']);
const MODIFIERS = new Set(
  `CREATE ALTER DROP OR REPLACE TEMPORARY ALGORITHM UNDEFINED MERGE TEMPTABLE SQL SECURITY INVOKER AGGREGATE UNIQUE FULLTEXT SPATIAL ONLINE
   OFFLINE IGNORE UNDO`.split(/\s+/),
);

function definition(tokens: readonly SqlToken[]): Statement {
  let at = 0;
  for (; at < tokens.length; at += 1) {
    const { word, kind, text } = tokens[at] as SqlToken;
    if (ABOUT_USERS.has(word)) return IGNORED;
    if (WITHOUT_ROWS.has(word)) return DEFINITION;
    if (word === 'TABLE' || (word === 'TABLES' && tokens[0]?.word === 'DROP')) return table(tokens, at);
    if (word === 'DEFINER' && tokens[at + 1]?.text === '=') at = behindDefiner(tokens, at + 1) - 1;
    else if (word !== 'DEFINER' && !MODIFIERS.has(word) && !(kind === 'symbol' && text === '=')) return ROWS;
  }
  return ROWS;
}

/** `= name@host`, `= CURRENT_USER()`. */
function behindDefiner(tokens: readonly SqlToken[], equals: number): number {
  let at = equals + 2;
  const symbol = (text: string) => tokens[at]?.kind === 'symbol' && tokens[at]?.text === text;
  if (symbol('(')) at += 2;
  // An unquoted `a@b` is one word.
  if (tokens[at - 1]?.kind === 'word' && tokens[at - 1]?.text.endsWith('@')) at += 1;
  if (tokens[at]?.word.startsWith('@')) at += tokens[at]?.word === '@' ? 2 : 1;
  return at;
}

function table(tokens: readonly SqlToken[], at: number): Statement {
  const modifiers = tokens.slice(0, at).map(({ word }) => word);
  const temporary = modifiers.includes('TEMPORARY');
  if (temporary) return DEFINITION;
  const { table: name, behind } = namedTable(tokens, at + 1);
  const rest = tokens.slice(behind);
  if (tokens[0]?.word === 'DROP') return { kind: 'empties', tables: listed(tokens, at + 1), whole: true };
  if (versions(rest)) return { kind: 'versions', table: name };
  if (tokens[0]?.word === 'CREATE') {
    if (hasQuery(rest)) return ROWS;
    return modifiers.includes('REPLACE') ? { kind: 'empties', tables: [name], whole: true } : DEFINITION;
  }
  if (!modifiers.includes('IGNORE') && !changesPartitions(rest)) return DEFINITION;
  const other = rest.findIndex(({ word }, index) => word === 'TABLE' && /^(WITH|CONVERT|TO)$/.test(rest[index - 1]?.word ?? ''));
  const tables = other < 0 ? [name] : [name, namedTable(rest, other + 1).table];
  return { kind: 'empties', tables, whole: false };
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

/** Or brings in a table's file. */
function changesPartitions(tokens: readonly SqlToken[]): boolean {
  return tokens.some(({ word, depth }, at) => {
    if (depth !== 0) return false;
    const next = tokens[at + 1]?.word ?? '';
    if (/^(DROP|TRUNCATE|EXCHANGE|CONVERT)$/.test(word)) return next === 'PARTITION' || (word === 'CONVERT' && next === 'TABLE');
    return /^(IMPORT|DISCARD)$/.test(word);
  });
}

/** The tables of a list. */
function listed(tokens: readonly SqlToken[], from: number): NamedTable[] {
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
function namedTable(tokens: readonly SqlToken[], from: number): { readonly table: NamedTable; readonly behind: number } {
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
export function emptiedTable(text: string): { readonly database: string; readonly table: string } | undefined {
  const [, database, table] = EMPTIES.exec(text.trim()) ?? [];
  if (database === undefined || table === undefined) return undefined;
  return { database: database.replaceAll('``', '`'), table: table.replaceAll('``', '`') };
}
