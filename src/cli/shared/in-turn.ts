import { EXIT } from '../terminal/exit-code.ts';
import { type About, reportFailure } from '../terminal/failures.ts';
import type { Output } from '../terminal/output.ts';

/** Does `work` for each item. Reports a failure, with its place in a file, and goes on with the next item. Returns the exit code. */
export async function inTurn<T>(
  items: readonly T[],
  output: Output,
  work: (item: T) => Promise<void>,
  about: (item: T) => About,
): Promise<number> {
  const codes: number[] = [];
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      codes.push(reportFailure(error, output, about(item)));
    }
  }
  return codes.includes(EXIT.failure) ? EXIT.failure : Math.max(EXIT.ok, ...codes);
}

/** Does the same for connectors by name. */
export const eachConnector = (names: readonly string[], output: Output, work: (connector: string) => Promise<void>): Promise<number> =>
  inTurn(names, output, work, (connector) => ({ connector }));
