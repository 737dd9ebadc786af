import { type SqlMode, type SqlToken, sqlTokens, USUAL } from './sql-tokens.ts';
import { DEFINITION, IGNORED, namedTable, ROWS, type Statement } from './statement.ts';
import { tableStatement } from './table-statement.ts';

export function statementOf(text: string, mode: SqlMode = USUAL): Statement {
  const tokens = sqlTokens(text, mode, true);
  if (!text.includes('/*!') && !text.includes('/*M!')) return read(tokens);
  // Who wrote the log may have left out what is meant for other servers.
  const plain = sqlTokens(text, mode, false);
  const meant = read(tokens);
  return plain.length === 0 || read(plain).kind === meant.kind ? meant : ROWS;
}

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
      return second('USER') ? IGNORED : second('TABLE', 'TABLES') ? renamed(tokens) : ROWS;
    case 'CREATE':
    case 'ALTER':
    case 'DROP':
      return definition(tokens);
    default:
      return ROWS;
  }
}

/** Rows come to be, and cease to be, those of a table by its name alone. */
function renamed(tokens: readonly SqlToken[]): Statement {
  const tables = tokens.flatMap(({ word, kind, text }, at) =>
    /^(TABLES?|TO)$/.test(word) || (kind === 'symbol' && text === ',') ? [namedTable(tokens, at + 1).table] : [],
  );
  return { kind: 'empties', tables, whole: false };
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
    if (tokens[0]?.word === 'DROP' && /^(DATABASE|SCHEMA)$/.test(word)) {
      return { kind: 'drops-database', database: namedTable(tokens, at + 1).table.table };
    }
    if (WITHOUT_ROWS.has(word)) return DEFINITION;
    if (word === 'TABLE' || (word === 'TABLES' && tokens[0]?.word === 'DROP')) return tableStatement(tokens, at);
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
