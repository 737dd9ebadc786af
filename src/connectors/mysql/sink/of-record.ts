import { ConnectError } from '../../../api/index.ts';

/** Refuses a record of which nothing can be made, because its JSON is nested too deeply for instance. */
export function ofRecord<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConnectError('RECORD_REFUSED', `no row can be made of it: ${error.message}`, {
      remedy: 'let its producer write JSON that is nested less deeply',
      cause: error,
    });
  }
}
