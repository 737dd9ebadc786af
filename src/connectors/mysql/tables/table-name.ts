export interface TableName {
  readonly database: string;
  readonly table: string;
}

/** Names that would be taken for two, or for the end of one. */
const NEEDS_QUOTES = /[.`/]/;

/** `shop.orders`, by which a table is told from all others; a part with a dot or the like is in quotes: `` shop.`a.b` ``. */
export const qualifiedName = (database: string, table: string): string => `${part(database)}.${part(table)}`;

const WRITTEN = /^(`(?:[^`]|``)+`|[^`.]+)\.(`(?:[^`]|``)+`|[^`.]+)$/;

/** The name as `qualifiedName` has it, where a person put a part in quotes that needs none. What is no name stays as it is. */
export function asQualified(written: string): string {
  const [, database, table] = WRITTEN.exec(written) ?? [];
  return database === undefined || table === undefined ? written : qualifiedName(unquoted(database), unquoted(table));
}

const unquoted = (name: string): string => (name.startsWith('`') ? name.slice(1, -1).replaceAll('``', '`') : name);

const part = (name: string): string => (NEEDS_QUOTES.test(name) ? quoteName(name) : name);

/** A name as it stands in statements; of several, the path that they make: `` `shop`.`orders` ``. */
export const quoteName = (...path: readonly string[]): string => path.map((name) => `\`${name.replaceAll('`', '``')}\``).join('.');
