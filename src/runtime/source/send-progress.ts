import { type ConnectError, recordBytes, type SourceRecord, toConnectError } from '../../api/index.ts';
import { InFlight } from '../run/in-flight.ts';

/** How far the sends of a run are, and why they end. */
export class SendProgress {
  /** Handed over, and neither acknowledged nor given up yet. */
  readonly inFlight = new InFlight();
  /** RocketMQ has acknowledged them. */
  records = 0;
  bytes = 0;
  /** The first failure. Nothing more is sent after it. */
  failure: ConnectError | undefined;

  fail(error: unknown): void {
    this.failure ??= toConnectError(error);
  }

  /** RocketMQ has acknowledged the first `count` of the records. */
  acknowledge(records: readonly SourceRecord[], count: number): void {
    this.records += count;
    for (let index = 0; index < count; index += 1) this.bytes += recordBytes(records[index] as SourceRecord);
  }
}
