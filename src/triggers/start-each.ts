import pMap from 'p-map';
import { ConnectError, toConnectError } from '../api/index.ts';
import type { TaskEvent } from './trigger.ts';

/**
 * Starts tasks in chunks of `chunkSize`, `concurrency` chunks at a time. It ends with the first chunk that fails: whatever stopped that
 * one, after the retries of `start`, would stop the others, too. Throws a retriable ConnectError that says how many are not started.
 */
export async function startEach(
  tasks: readonly TaskEvent[],
  { chunkSize, concurrency }: { readonly chunkSize: number; readonly concurrency: number },
  start: (chunk: readonly TaskEvent[]) => Promise<void>,
): Promise<void> {
  const chunks = Array.from({ length: Math.ceil(tasks.length / chunkSize) }, (_, n) => tasks.slice(n * chunkSize, (n + 1) * chunkSize));
  let started = 0;
  const startChunk = async (chunk: readonly TaskEvent[]) => {
    try {
      await start(chunk);
      started += chunk.length;
    } catch (error) {
      if (error instanceof PartlyStarted) started += chunk.length - error.failed;
      throw error;
    }
  };
  try {
    await pMap(chunks, startChunk, { concurrency });
  } catch (error) {
    const { code, message, remedy, cause } = toConnectError(error instanceof PartlyStarted ? error.cause : error);
    throw new ConnectError(code, `${tasks.length - started} of ${tasks.length} tasks were not started: ${message}`, {
      retriable: true,
      cause: cause ?? error,
      ...(remedy === undefined ? {} : { remedy }),
    });
  }
}

/** Of one chunk, `failed` tasks could not be started. */
export class PartlyStarted extends Error {
  readonly failed: number;

  constructor(failed: number, cause: ConnectError) {
    super(cause.message, { cause });
    this.failed = failed;
  }
}
