import { afterAll, beforeAll, describe, it } from '@jest/globals';
import pMap from 'p-map';

export interface WaitingCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

export type AddCase = (name: string, run: () => Promise<void>) => void;

export interface SideBySideOptions {
  /** How many run at a time; default 5. They share this process, which also carries what they send. */
  readonly atOnce?: number | undefined;
  /** What they use, which ends behind the last of them. */
  readonly shared?: AsyncDisposable | undefined;
}

const AT_ONCE = 5;
/** For cases that wait for time limits, and leave the process idle meanwhile. */
export const WAITING_AT_ONCE = 8;

/**
 * Test cases that mostly wait, each with a result of its own. They share the time of one hook, because Jest's own concurrent tests can't
 * import anything once the first of them has ended. The longest come first. `limitMs`: for all of them together, and for the end of
 * what they share.
 */
export function sideBySide(cases: readonly WaitingCase[], limitMs: number, { atOnce = AT_ONCE, shared }: SideBySideOptions = {}): void {
  describe('side by side', () => {
    let failures: ReadonlyMap<string, unknown>;
    beforeAll(async () => {
      const failed = new Map<string, unknown>();
      await pMap(cases, ({ name, run }) => run().catch((error: unknown) => void failed.set(name, error)), { concurrency: atOnce });
      failures = failed;
    }, limitMs);

    afterAll(async () => {
      await shared?.[Symbol.asyncDispose]();
    }, limitMs);

    it.each(cases)('$name', ({ name }) => {
      if (failures.has(name)) throw failures.get(name);
    });
  });
}

/** The same for cases that are written as for Jest: `define` gets what stands for `it`. */
export function itSideBySide(define: (it: AddCase) => void, limitMs: number, options: SideBySideOptions = {}): void {
  const cases: WaitingCase[] = [];
  define((name, run) => void cases.push({ name, run }));
  sideBySide(cases, limitMs, options);
}
