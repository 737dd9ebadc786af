import { afterAll, beforeAll } from '@jest/globals';
import { type AddCase, sideBySide, type WaitingCase } from '../support/side-by-side.ts';

/** Of all cases that share a file's time, on a busy machine. */
const TOGETHER_LIMIT_MS = 1_200_000;

/** On a busy machine: at the end, all topics and queues of all cases are deleted. */
const HOOK_LIMIT_MS = 600_000;

/** Adds the cases of a part to a test file. */
export type Cases<Bench, Harness> = (bench: () => Bench, addCase: AddCase, harness: Harness) => void;

/** Makes a part whose cases run side by side, at most `atOnce` at a time, on a bench that all of them share. */
export function onSharedServers<Bench extends AsyncDisposable, Harness>(
  open: (harness: Harness) => Promise<Bench>,
  groups: ReadonlyArray<Cases<Bench, Harness>>,
  atOnce?: number,
): (harness: Harness) => void {
  return (harness) => {
    let bench: Bench | undefined;
    beforeAll(async () => {
      bench = await open(harness);
    }, HOOK_LIMIT_MS);
    afterAll(async () => bench?.[Symbol.asyncDispose](), HOOK_LIMIT_MS);
    const together: WaitingCase[] = [];
    const addCase: AddCase = (name, run) => together.push({ name, run });
    for (const cases of groups) cases(() => bench as Bench, addCase, harness);
    sideBySide(together, TOGETHER_LIMIT_MS, { atOnce });
  };
}
