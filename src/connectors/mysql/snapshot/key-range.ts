import type { Column } from '../tables/table.ts';
import { quoteName } from '../tables/table-name.ts';
import { type Key, literalOf } from './key-values.ts';

/** Rows after `after`, up to and with `upTo`, each a key or its first columns. Absent: from the first, to the last. */
export interface KeyRange {
  readonly after?: Key;
  readonly upTo?: Key;
}

/**
 * The range as a condition on the columns of the key, `TRUE` where it has no bounds. Spelled out column by column, because
 * for `(a, b) > (1, 2)` servers read the whole index.
 */
export function rangeCondition(columns: readonly Column[], { after, upTo }: KeyRange): string {
  const bounds = [
    ...(after === undefined ? [] : [bound(columns, after, '>', '>')]),
    ...(upTo === undefined ? [] : [bound(columns, upTo, '<', '<=')]),
  ];
  return bounds.length === 0 ? 'TRUE' : bounds.join(' AND ');
}

/** `(a > 1 OR (a = 1 AND b > 2))`; the last column of the key is compared by `last`. */
function bound(columns: readonly Column[], [value, ...values]: Key, comparison: '<' | '>', last: '<=' | '>'): string {
  const [column, ...rest] = columns as [Column];
  const name = quoteName(column.name);
  const literal = literalOf(column, value as string);
  if (values.length === 0) return `${name} ${last} ${literal}`;
  return `(${name} ${comparison} ${literal} OR (${name} = ${literal} AND ${bound(rest, values, comparison, last)}))`;
}
