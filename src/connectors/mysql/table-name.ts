/** Names that would be taken for two, or for the end of one. */
const NEEDS_QUOTES = /[.`/]/;

/** `shop.orders`, by which a table is told from all others; a part with a dot or the like is in quotes: `` shop.`a.b` ``. */
export const qualifiedName = (database: string, table: string): string => `${part(database)}.${part(table)}`;

const part = (name: string): string => (NEEDS_QUOTES.test(name) ? `\`${name.replaceAll('`', '``')}\`` : name);
