import pMap from 'p-map';
import { ConnectError, toConnectError } from '../api/index.ts';
import type { TaskEvent } from './trigger.ts';

/**
 * Starts tasks in lots of `lotSize`, `concurrency` lots at a time. Ends with the first lot that fails: whatever stopped it,
 * after the retries of `start`, would stop the others, too. Throws a retriable ConnectError that says how many are not started.
 */
export async function startEach(
  tasks: readonly TaskEvent[],
  { lotSize, concurrency }: { readonly lotSize: number; readonly concurrency: number },
  start: (lot: readonly TaskEvent[]) => Promise<void>,
): Promise<void> {
  const lots = Array.from({ length: Math.ceil(tasks.length / lotSize) }, (_, lot) => tasks.slice(lot * lotSize, (lot + 1) * lotSize));
  let started = 0;
  const startLot = async (lot: readonly TaskEvent[]) => {
    try {
      await start(lot);
      started += lot.length;
    } catch (error) {
      if (error instanceof PartlyStarted) started += lot.length - error.failed;
      throw error;
    }
  };
  try {
    await pMap(lots, startLot, { concurrency });
  } catch (error) {
    const { code, message, remedy, cause } = toConnectError(error instanceof PartlyStarted ? error.cause : error);
    throw new ConnectError(code, `${tasks.length - started} of ${tasks.length} tasks were not started: ${message}`, {
      retriable: true,
      cause: cause ?? error,
      ...(remedy === undefined ? {} : { remedy }),
    });
  }
}

/** Of one lot, `failed` could not be started. */
export class PartlyStarted extends Error {
  readonly failed: number;

  constructor(failed: number, cause: ConnectError) {
    super(cause.message, { cause });
    this.failed = failed;
  }
}
