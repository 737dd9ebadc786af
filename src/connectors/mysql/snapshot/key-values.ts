import { ConnectError } from '../../../api/index.ts';
import type { Column, ColumnType } from '../tables/table.ts';
import { quoteName } from '../tables/table-name.ts';

/**
 * Values of a key, or of its first columns, as `exactly` selects them, a character for each byte. Kept in plans and positions.
 */
export type Key = readonly string[];

interface KeyForm {
  /** SQL whose answer says a value exactly. */
  readonly exactly: (column: string) => string;
  /** What such an answer looks like: only then a stored value goes into a statement. */
  readonly pattern: RegExp;
  readonly literal: (value: string) => string;
}

const bytes = { exactly: (column: string) => `CAST(${column} AS BINARY)`, pattern: /^[\0-\xff]*$/ };
const hex = (value: string) => `x'${Buffer.from(value, 'latin1').toString('hex')}'`;
const decimal = { exactly: (column: string) => column, pattern: /^-?\d+(\.\d+)?$/, literal: (value: string) => value };
// Ordered by number, and by text where they are compared with one.
const numbered = { ...decimal, exactly: (column: string) => `CAST(${column} AS UNSIGNED)` };
const quoted = { exactly: (column: string) => column, pattern: /^[\w:. -]*$/, literal: (value: string) => `'${value}'` };
const floating = {
  // A FLOAT is shown with six digits and compared with all it has.
  exactly: (column: string) => `${column} + 0e0`,
  pattern: /^-?\d+(\.\d+)?(e[+-]?\d+)?$/,
  literal: (value: string) => (value.includes('e') ? value : `${value}e0`),
};

function formOf(type: ColumnType): KeyForm | undefined {
  switch (type.kind) {
    case 'integer':
    case 'decimal':
    case 'year':
      return decimal;
    case 'float':
    case 'double':
      return floating;
    case 'bit':
    case 'enum':
    case 'set':
      return numbered;
    case 'date':
    case 'time':
    case 'datetime':
    case 'timestamp':
    case 'uuid':
    case 'inet4':
    case 'inet6':
      return quoted;
    case 'text':
      // In the column's own character set: its collation compares, and no character changes on the way.
      return { ...bytes, literal: (value) => `_${type.charset} ${hex(value)}` };
    case 'bytes':
      return { ...bytes, literal: hex };
    default:
      return undefined;
  }
}

/** Names of columns that the client refuses in a result, because they are those of every object's own. */
const REFUSED_NAMES = /^__(proto|(define|lookup)[GS]etter)__$/;

/** `sql` selects the column `name`: under another name, where the client would refuse the result. */
export const selected = (sql: string, name: string): string =>
  REFUSED_NAMES.test(name) ? `${sql} AS ${quoteName(`column ${name}`)}` : sql;

/** SQL that selects a column of a key so that `literalOf` can say it again. */
export const exactly = ({ name, type }: Column): string => formFor(name, type).exactly(quoteName(name));

/** Throws POSITION_LOST where `value` can't be one of the column, because its type was changed since. */
export function literalOf({ name, type }: Column, value: string): string {
  const { pattern, literal } = formFor(name, type);
  if (pattern.test(value)) return literal(value);
  throw new ConnectError('POSITION_LOST', `the place to resume the snapshot at is no value of key column ${name}`, {
    remedy: 'take the snapshot of its table anew by `rocketmq-connect snapshot`',
  });
}

function formFor(column: string, type: ColumnType): KeyForm {
  const form = formOf(type);
  if (form !== undefined) return form;
  throw new ConnectError('WRONG_KIND', `key column ${column} has a type by which no table can be read in order`, {
    remedy: 'leave its table out by source.excludeTables',
  });
}
