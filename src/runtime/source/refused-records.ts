import { ConnectError, placeOf, type SourceRecord } from '../../api/index.ts';
import type { ErrorsSpec } from '../../config/connector-spec.ts';
import type { AckTracker } from '../run/ack-tracker.ts';
import type { PartitionStops } from '../run/partition-stops.ts';
import type { DeadLetterSender } from './dead-letter-sender.ts';
import type { RefusedRecord } from './dead-letters.ts';

export interface RefusedOptions {
  readonly errors: ErrorsSpec;
  /** It knows which places a user lets the run pass over. */
  readonly stops: PartitionStops;
  readonly tracker: AckTracker;
  readonly deadLetters: DeadLetterSender;
}

/** Whether a record that the source refused may become a dead letter. Some losses a dead letter can't make up for. */
export const mayBeDeadLetter = ({ code }: ConnectError, { tolerance }: ErrorsSpec): boolean =>
  tolerance === 'dead-letter' && code === 'RECORD_REFUSED';

/** Decides what becomes of records that are refused for good: by the source as it reads them, or by RocketMQ as they are sent. */
export class RefusedRecords {
  readonly #options: RefusedOptions;

  constructor(options: RefusedOptions) {
    this.#options = options;
  }

  /** Says whether the record is to be sent, to its topic or as a dead letter. Where it is not, its partition stops or passes over it. */
  admits(record: SourceRecord): boolean {
    const { stops, tracker, errors } = this.#options;
    const { partition, position, refused } = record;
    if (stops.has(partition)) return false;
    if (refused === undefined) return true;
    if (stops.passesOver(record, refused.message)) {
      tracker.skipTo(partition, position);
      return false;
    }
    if (mayBeDeadLetter(refused, errors)) return true;
    tracker.block(partition);
    stops.stop(partition, refused, record);
    return false;
  }

  /** Settles a record whose turn to be sent has come. Resolves with an error where the partition stops before the record. */
  async settle(refused: RefusedRecord): Promise<'passed over' | 'dead letter' | ConnectError> {
    const { errors, stops, deadLetters } = this.#options;
    const { record, error } = refused;
    const reason = error.message;
    if (stops.passesOver(record, reason)) return 'passed over';
    if (errors.tolerance === 'fail') {
      return new ConnectError('RECORD_REFUSED', `record ${placeOf(record)}: ${reason}`, {
        remedy: 'correct it at the source, or set errors.tolerance to dead-letter',
      });
    }
    return (await deadLetters.send(refused)) ?? 'dead letter';
  }
}
