import type ZongJi from '@vlasky/zongji';
import type { TableMapEntry, TableMapEvent } from '@vlasky/zongji';
import type { Connection } from 'mysql2';
import { requireInternals, type VendorInternals } from '../../../kit/vendor-internals.ts';
import type { Packet } from './events/event.ts';

/**
 * docs/architecture.md says what zongji should offer instead. Only the unit test checks events and packets, because they come too often to
 * check each.
 */
export const zongjiInternals: VendorInternals = {
  package: '@vlasky/zongji',
  version: '0.9.0',
  members: {
    ZongJi: {
      connection: 'any',
      tableMap: 'object',
      useChecksum: 'boolean',
      _skipSchema: 'function',
      _fetchTableInfo: 'function',
      _isChecksumEnabled: 'function',
    },
    Binlog: { binlogData: 'function' },
    TableMap: { _columnCharsetIds: 'object', _enumSetValues: 'object' },
    UpdateRows: { columns_present_bitmap: 'object', columns_present_bitmap2: 'object' },
  },
};

/**
 * The members of the reader that we replace: its test of what to decode, which knows exact names only; its question about tables that the
 * log does not describe, of which it does not keep the key, and parses enums with commas wrongly; its idea that all files of a log have the
 * checksums that are set now; and that it passes over what it does not know.
 */
export interface InnerReader {
  readonly connection: Connection | null;
  /** The reader has it from its event `ready` on. */
  readonly BinlogClass: { readonly prototype: InnerBinlog };
  tableMap: Record<number, TableMapEntry>;
  /** The reader looks at it for each event. */
  useChecksum: boolean;
  _skipSchema(database: string, table: string): boolean;
  /** The reader stands still until `next` is called. */
  _fetchTableInfo(event: TableMapEvent, next: () => void): void;
  _isChecksumEnabled(next: (error: unknown, enabled?: boolean) => void): void;
}

/** The part of the reader that takes each packet of the log. */
export interface InnerBinlog {
  binlogData(packet: Packet, connection: Connection): unknown;
}

/** Throws INTERNAL if zongji's reader has changed. */
export function innerReader(reader: ZongJi): InnerReader {
  requireInternals(zongjiInternals, 'ZongJi', reader);
  return reader as unknown as InnerReader;
}

/** For a reader that is ready. Throws INTERNAL if the class that takes packets has changed. */
export function innerBinlog({ BinlogClass }: InnerReader): InnerBinlog {
  requireInternals(zongjiInternals, 'Binlog', BinlogClass.prototype);
  return BinlogClass.prototype;
}
