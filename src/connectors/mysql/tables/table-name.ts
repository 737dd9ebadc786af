import { ConnectError } from '../../../api/index.ts';

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

/** What RocketMQ takes as the name of a topic. */
const TOPIC = /^[%|A-Za-z0-9_-]{1,127}$/;

/** The topic of a table's rows. Throws CONFIG_INVALID where RocketMQ takes no such name. */
export function topicName(template: string, database: string, table: string): string {
  const topic = template.replaceAll('{{database}}', database).replaceAll('{{table}}', table);
  if (TOPIC.test(topic)) return topic;
  throw new ConnectError(
    'CONFIG_INVALID',
    `source.topicTemplate: ${JSON.stringify(topic)} of table ${qualifiedName(database, table)} is no topic`,
    {
      remedy:
        'RocketMQ takes up to 127 letters, digits, _, -, % and |: leave the table out by source.excludeTables, or change the template',
    },
  );
}
