import { FLAT_OPERATION } from '../values/table-writer.ts';
import type { ChangeFormat } from './change.ts';
import { KeyedRecords } from './keyed-records.ts';

/** The row after the change, of deletions the row before it, with `__op` as its last member. */
export function flatFormat(tombstones: boolean): ChangeFormat {
  const records = new KeyedRecords({
    write: ({ writer, op, before, after }, json) => writer.write(after ?? before ?? [], json, `"${FLAT_OPERATION}":"${op}"`),
    tombstones,
  });
  return {
    row: (change, place, into) => records.add(change, place, into),
    commit: () => {},
  };
}
