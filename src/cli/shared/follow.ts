import { setTimeout as sleep } from 'node:timers/promises';
import { untilAborted } from '../../kit/index.ts';
import { watchReader } from '../target/watch-reader.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import type { Output } from '../terminal/output.ts';

/** Shows what is new, and resolves to the pause before the next look, in ms. */
export type Look = (signal: AbortSignal) => Promise<number>;

/**
 * Looks again and again until Ctrl-C or SIGTERM, or until nobody reads standard output any more. The command then ends at once, whatever it
 * waits for. Throws what a look throws.
 */
export async function follow(output: Output, look: Look): Promise<void> {
  const { signal: interrupted, done } = onInterrupt(output, '');
  const reader = watchReader();
  const signal = AbortSignal.any([interrupted, reader.gone]);
  try {
    while (!signal.aborted) await sleep(await untilAborted(look(signal), signal), undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    reader.stop();
    done();
    if (signal.aborted) output.abandon();
  }
}
