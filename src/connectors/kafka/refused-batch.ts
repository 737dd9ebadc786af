import { ConnectError } from '../../api/index.ts';
import type { RecordBatch } from './record-batch.ts';

/** Why a batch whose bytes are undamaged can't be read. */
export function refusedBatch(error: unknown, { baseOffset, lastOffset, control }: RecordBatch): ConnectError {
  // By shape: errors of Node itself may come from another realm.
  const { message: reason = String(error) } = error as Partial<Error>;
  // What a transaction marker ends is not known without it, so no dead letter could stand for it.
  return new ConnectError(control ? 'WRONG_KIND' : 'RECORD_REFUSED', `${reason} (offsets ${baseOffset} to ${lastOffset})`, {
    remedy:
      'read it by another client, such as kafka-console-consumer, and see which producer wrote it; errors.tolerance: dead-letter keeps its bytes and goes on behind it',
  });
}
