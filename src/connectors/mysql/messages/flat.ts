import type { ChangeFormat, RowChange } from './change.ts';
import { keyedRecords } from './keyed-records.ts';

/** The row after the change, of deletions the row before it, with `__op` as its last member. */
export function flatFormat(tombstones: boolean): ChangeFormat {
  const value = ({ writer, op, before, after }: RowChange): string => {
    const row = after ?? before;
    const json = row === undefined ? '{}' : writer.write(row);
    return `${json.slice(0, -1)}${json === '{}' ? '' : ','}"__op":"${op}"}`;
  };
  return {
    row: (change, place) => keyedRecords(change, place, { value, tombstones }),
    commit: () => [],
  };
}
