import type { Header, SourceRecord } from '../../../api/index.ts';
import { fullName } from '../columns/table.ts';
import type { Place, RowChange } from './change.ts';

/** Debezium's headers of the two halves of a change of a key. */
const NEW_KEY = '__debezium.newkey';
const OLD_KEY = '__debezium.oldkey';

export interface KeyedOptions {
  /** The value of a message. */
  readonly value: (change: RowChange) => string;
  readonly tombstones: boolean;
}

type Content = Pick<SourceRecord, 'id' | 'key' | 'value' | 'headers' | 'orderingKey'>;

/** Records of one change: one, a deletion and its tombstone, or, where the key itself changed, a deletion of the old and a creation of the new. */
export function keyedRecords(change: RowChange, place: Place, options: KeyedOptions): SourceRecord[] {
  const { writer, origin } = change;
  const contents = contentsOf(change, place.id, options);
  const common = { partition: place.partition, timestamp: origin.timestamp, ...(writer.topic !== undefined && { topic: writer.topic }) };
  const last = contents.length - 1;
  const records = contents.map((content, at) => ({ ...content, ...common, position: at === last ? place.after : place.behind(at + 1) }));
  return place.skip === 0 ? records : records.slice(place.skip);
}

function contentsOf(change: RowChange, id: string, { value, tombstones }: KeyedOptions): Content[] {
  const { writer, before, after } = change;
  const oldKey = before && writer.key(before);
  const newKey = after && writer.key(after);
  const table = fullName(writer.table);
  const content = (suffix: string, key: string | undefined, body: string | null, headers: Header[] = []): Content => ({
    id: `${id}${suffix}`,
    key: key === undefined ? null : Buffer.from(key),
    value: body === null ? null : Buffer.from(body),
    headers,
    orderingKey: key === undefined ? table : `${table}/${key}`,
  });
  // Without a key there is nothing that a tombstone could be about.
  const tombstone = (key: string | undefined, headers?: Header[]) =>
    tombstones && key !== undefined ? [content('.t', key, null, headers)] : [];
  if (after === undefined) return [content('.d', oldKey, value(change)), ...tombstone(oldKey)];
  if (oldKey === undefined || newKey === undefined || oldKey === newKey) return [content('', newKey, value(change))];
  const gone = value({ ...change, op: 'd', after: undefined });
  const came = value({ ...change, op: 'c', before: undefined });
  const moved = [header(NEW_KEY, newKey)];
  return [content('.d', oldKey, gone, moved), ...tombstone(oldKey, moved), content('', newKey, came, [header(OLD_KEY, oldKey)])];
}

const header = (name: string, value: string): Header => ({ name, value: Buffer.from(value) });
