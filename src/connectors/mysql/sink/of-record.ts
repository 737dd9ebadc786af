import { ConnectError } from '../../../api/index.ts';

/** What can't be made of a record is its own fault: JSON that is nested too deeply, for instance. */
export function ofRecord<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConnectError('RECORD_REFUSED', `it can't be made a row: ${error.message}`, {
      remedy: 'let its producer write JSON that is nested less deeply',
      cause: error,
    });
  }
}
