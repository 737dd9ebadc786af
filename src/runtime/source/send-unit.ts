import type { SourceRecord } from '../../api/index.ts';
import { AckUnit } from '../run/ack-unit.ts';

/** A unit that waits for its turn takes in what later polls bring, up to these bounds: systems that push bring little at a time. */
const MAX_RECORDS = 16_384;
const MAX_BYTES = 4 * 1024 * 1024;

/** Records for one queue that travel together, in the order of reading. */
export class SendUnit extends AckUnit {
  readonly records: SourceRecord[] = [];
  bytes = 0;
  /** One of the records is not for the topic, see `SourceRecord.refused`. */
  hasRefused = false;

  get isFull(): boolean {
    return this.records.length >= MAX_RECORDS || this.bytes >= MAX_BYTES;
  }

  /** `bytes` is the size of the record. */
  add(record: SourceRecord, bytes: number): void {
    this.records.push(record);
    this.bytes += bytes;
    this.hasRefused ||= record.refused !== undefined;
  }
}
