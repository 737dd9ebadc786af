import { EXIT } from './exit-code.ts';
import type { Output } from './output.ts';

/** A terminal and a wrapper such as npm may both deliver one Ctrl-C. */
const SAME_SIGNAL_MS = 300;

/**
 * The first Ctrl-C or SIGTERM aborts the signal, so that the command stores what is in flight and frees leases. The second one ends the
 * process. `words` say to people what the first one does; an empty text prints nothing. Call `done` once there is nothing left to
 * interrupt.
 */
export function onInterrupt(
  output: Output,
  words = 'stopping: finishing what is in flight; press Ctrl-C again to end at once',
): { readonly signal: AbortSignal; readonly done: () => void } {
  const controller = new AbortController();
  let first = 0;
  const stop = () => {
    if (first === 0) {
      first = Date.now();
      if (words !== '') output.note(words);
      controller.abort();
    } else if (Date.now() - first > SAME_SIGNAL_MS) process.exit(EXIT.interrupted);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return { signal: controller.signal, done: () => void process.off('SIGINT', stop).off('SIGTERM', stop) };
}
