/** What a statement in the log means for its reader. */
export type StatementKind = 'begin' | 'begin-two-phase' | 'end' | 'ignored' | 'rows' | 'definition';

const COMMENTS = /^(?:\s+|\/\*(?![!M])[\s\S]*?\*\/|--[^\n]*\n|#[^\n]*(?:\n|$))+/;

/** Rows that are changed by a statement can't be told from it. */
const CHANGES_ROWS = /^(insert|update|delete|replace|load|call|with|do)\b/i;
const CHANGES_NOTHING = /^(savepoint|release|rollback\s+(work\s+)?to|set|flush|analyze|optimize|repair|xa\s+end)\b/i;

/** A name before a dot. */
const QUALIFIER = /(?:`((?:[^`]|``)+)`|((?<![\w$\u0080-\uffff])[\w$\u0080-\uffff]+))\s*\.\s*(?=[`\w$\u0080-\uffff])/;
const TEXTS = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"/gs;
/** What a definition begins with, up to the name of what is defined, or to the table of an index. */
const BEFORE_NAME = /^(?:\/\*![0-9]*\s*)?(?:(?!(?:like|as|select|to)\s)(?:\w+|`[^`]*`)\s+)+?/i;
const DEFINED = new RegExp(BEFORE_NAME.source + QUALIFIER.source, 'i');

/** What users may do is nobody's data, and may tell their passwords. */
const ABOUT_USERS = /^(?:grant|revoke|(?:create|alter|drop|rename)\s+(?:or\s+replace\s+)?(?:user|role))\b/i;

export function statementKind(text: string): StatementKind {
  const statement = text.replace(COMMENTS, '');
  if (statement === '') return 'ignored';
  if (/^begin\b/i.test(statement)) return 'begin';
  if (CHANGES_NOTHING.test(statement) || ABOUT_USERS.test(statement)) return 'ignored';
  if (/^xa\s+(start|begin)\b/i.test(statement)) return 'begin-two-phase';
  if (/^(commit|rollback|xa)\b/i.test(statement)) return 'end';
  return CHANGES_ROWS.test(statement) ? 'rows' : 'definition';
}

const EMPTIES = /^DELETE FROM `((?:[^`]|``)+)`\.`((?:[^`]|``)+)`$/i;

/** The table of a statement as the server writes it for one that was in memory when it stopped. Others may have written it, too. */
export function emptiedTable(text: string): { readonly database: string; readonly table: string } | undefined {
  const [, database, table] = EMPTIES.exec(text.replace(COMMENTS, '')) ?? [];
  return database === undefined || table === undefined ? undefined : { database: unquoted(database, ''), table: unquoted(table, '') };
}

/**
 * The databases that a statement names itself, wherever it was sent from: `shop` of `UPDATE shop.orders`. Some may be no databases but
 * other names before a dot.
 */
export function namedDatabases(text: string): string[] {
  const names = text.replace(TEXTS, "''").matchAll(new RegExp(QUALIFIER, 'g'));
  return [...new Set([...names].map(([, quoted, plain]) => unquoted(quoted, plain)))].filter((name) => !/^\d+$/.test(name));
}

/** The database of what a definition is about, where the statement names it. */
export function definedIn(text: string): string | undefined {
  const match = DEFINED.exec(text.replace(COMMENTS, ''));
  return match === null ? undefined : unquoted(match[1], match[2]);
}

const unquoted = (quoted: string | undefined, plain: string | undefined): string => quoted?.replaceAll('``', '`') ?? plain ?? '';
