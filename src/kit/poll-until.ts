import { setTimeout as sleep } from 'node:timers/promises';
import { patience } from './patience.ts';

/** Looks every `everyMs` whether something is so, for as long as `withinMs`, as `patience` counts them. Returns whether it came to be so. */
export async function pollUntil(isSo: () => boolean | Promise<boolean>, everyMs: number, withinMs: number): Promise<boolean> {
  let late = false;
  const end = patience(withinMs, () => {
    late = true;
  });
  try {
    for (;;) {
      if (await isSo()) return true;
      if (late) return false;
      await sleep(everyMs);
    }
  } finally {
    end();
  }
}
