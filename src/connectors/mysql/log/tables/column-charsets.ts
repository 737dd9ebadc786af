import type { TableMapEvent } from '@vlasky/zongji';
import type { ServerCharsets } from '../../values/charsets/server-charsets.ts';
import type { Packet } from '../events/event-head.ts';
import { columnCollations } from './column-collations.ts';

/** Of a column; `name` null: it has none, undefined: the server has no such collation. */
export interface ColumnCharset {
  readonly name: string | null | undefined;
  readonly collation?: number;
}

export interface CharsetSource {
  readonly charsets: ServerCharsets;
  readonly isMariadb: boolean;
  /** What the event was read from. */
  readonly packet: Packet | undefined;
}

/** The collation of bytes. */
const BINARY = 63;

/** Character sets of a table's columns, loaded. `now`: of the columns as they are now, for a log that does not say it. */
export async function columnCharsets(
  event: TableMapEvent,
  now: ReadonlyArray<string | null>,
  { charsets, isMariadb, packet }: CharsetSource,
): Promise<ColumnCharset[]> {
  const collations = event.hasSelfDescribingMetadata() ? columnCollations(event, isMariadb, packet) : undefined;
  const known = collations === undefined ? undefined : await charsets.collations();
  const found = now.map((name, index): ColumnCharset => {
    const collation = collations?.[index];
    if (known === undefined) return { name };
    return collation === undefined || collation === BINARY ? { name: null } : { name: known.get(collation), collation };
  });
  await charsets.load(found.flatMap(({ name }) => name ?? []));
  return found;
}
