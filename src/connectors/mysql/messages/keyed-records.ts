import type { Header, Position, SourceRecord } from '../../../api/index.ts';
import { fullName } from '../columns/table.ts';
import type { RowJson } from '../columns/table-writer.ts';
import type { Place, RowChange } from './change.ts';

/** Debezium's headers of the two halves of a change of a key. */
const NEW_KEY = '__debezium.newkey';
const OLD_KEY = '__debezium.oldkey';

export interface KeyedOptions {
  /** The value of a message. */
  readonly value: (change: RowChange) => string;
  readonly tombstones: boolean;
}

/** Records of one change: one, a deletion and its tombstone, or, where the key itself changed, a deletion of the old and a creation of the new. */
export function keyedRecords(change: RowChange, place: Place, { value, tombstones }: KeyedOptions): SourceRecord[] {
  const { writer, before, after, origin } = change;
  const { partition, id } = place;
  const oldKey = before && writer.key(before);
  const newKey = after && writer.key(after);
  const table = fullName(writer.table);
  const record = (suffix: string, key: string | undefined, body: string | null, headers: Header[], position: Position): SourceRecord => ({
    partition,
    id: `${id}${suffix}`,
    position,
    key: key === undefined ? null : Buffer.from(key),
    value: body === null ? null : Buffer.from(body),
    headers,
    timestamp: origin.timestamp,
    orderingKey: key === undefined ? table : `${table}/${key}`,
    ...(writer.topic !== undefined && { topic: writer.topic }),
  });
  const deletion = (key: string | undefined, body: string, headers: Header[], after: Position): SourceRecord[] => {
    // Without a key there is nothing that a tombstone could be about.
    if (!tombstones || key === undefined) return [record('.d', key, body, headers, after)];
    return [record('.d', key, body, headers, place.before), record('.t', key, null, headers, after)];
  };
  if (after === undefined) return deletion(oldKey, value(change), [], place.after);
  if (oldKey === undefined || newKey === undefined || oldKey === newKey) return [record('', newKey, value(change), [], place.after)];
  const gone = value({ ...change, op: 'd', before: before as RowJson, after: undefined });
  const came = value({ ...change, op: 'c', before: undefined });
  return [
    ...deletion(oldKey, gone, [header(NEW_KEY, newKey)], place.before),
    record('', newKey, came, [header(OLD_KEY, oldKey)], place.after),
  ];
}

const header = (name: string, value: string): Header => ({ name, value: Buffer.from(value) });
