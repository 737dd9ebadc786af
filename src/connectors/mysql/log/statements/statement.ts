import type { NamedTable } from './named-table.ts';

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
