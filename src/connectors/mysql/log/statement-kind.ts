/** What a statement in the log means for its reader. */
export type StatementKind = 'begin' | 'begin-two-phase' | 'end' | 'ignored' | 'rows' | 'definition';

const COMMENTS = /^(?:\s+|\/\*(?![!M])[\s\S]*?\*\/|--[^\n]*\n|#[^\n]*(?:\n|$))+/;

/** Rows that are changed by a statement can't be told from it. */
const CHANGES_ROWS = /^(insert|update|delete|replace|load|call|with|do)\b/i;
const CHANGES_NOTHING = /^(savepoint|release|rollback\s+(work\s+)?to|set|flush|analyze|optimize|repair|xa\s+end)\b/i;

export function statementKind(text: string): StatementKind {
  const statement = text.replace(COMMENTS, '');
  if (statement === '') return 'ignored';
  if (/^begin\b/i.test(statement)) return 'begin';
  if (CHANGES_NOTHING.test(statement)) return 'ignored';
  if (/^xa\s+(start|begin)\b/i.test(statement)) return 'begin-two-phase';
  if (/^(commit|rollback|xa)\b/i.test(statement)) return 'end';
  return CHANGES_ROWS.test(statement) ? 'rows' : 'definition';
}
