import { ConnectError } from '../api/errors.ts';

export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw interrupted();
}

/** The outcome of `work`, or INTERRUPTED as soon as the signal is aborted; the work itself goes on unheard. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // A caller that gives up no longer listens, and an unhandled rejection would end the process.
  work.catch(() => {});
  throwIfAborted(signal);
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(interrupted());
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const interrupted = () => new ConnectError('INTERRUPTED', 'the run was asked to stop', { retriable: true });
