import { createHash } from 'node:crypto';
import { anyOf } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';

/** Makes another JSON value of a column's. NULL stays NULL. */
export type Mask = (json: string) => string;

type Rules = Pick<MysqlSourceConfig, 'maskColumns' | 'ignoresCase'>;

/** The mask of a column, if one is configured: the first rule that names it. */
export function maskOf(rules: Rules, database: string, table: string, column: string): Mask | undefined {
  const rule = ruleOf(rules, database, table, column);
  if (rule === undefined) return undefined;
  const { value, salt } = rule;
  if (salt === undefined) {
    const fixed = JSON.stringify(value);
    return () => fixed;
  }
  return (json) => `"${createHash('sha256').update(salt).update(textOf(json)).digest('hex')}"`;
}

/** Whether all of a column's values become the same one. */
export const hasOneValue = (rules: Rules, database: string, table: string, column: string): boolean =>
  ruleOf(rules, database, table, column)?.value !== undefined;

function ruleOf(rules: Rules, database: string, table: string, column: string) {
  return rules.maskColumns?.find(({ columns }) => anyOf(columns, rules.ignoresCase ?? false)(database, table, column));
}

/** Debezium hashes texts as they are, not as JSON has them. */
const textOf = (json: string): string => (json.startsWith('"') ? JSON.parse(json) : json);
