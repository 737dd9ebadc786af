import { toConnectError } from '../../../src/api/index.ts';
import { PlannerFailure } from '../../../src/cli/terminal/failures.ts';

/** A server may be away, or slow to answer. */
export const SERVER_IS_AWAY: ReadonlySet<string> = new Set(['UNREACHABLE', 'TIMEOUT']);

/** Returns a line that says what to do after an error which ended `npm start`; undefined if no server was away. */
export function againIfAway(error: unknown): string | undefined {
  const { code } = error instanceof PlannerFailure ? error.report : toConnectError(error);
  if (!SERVER_IS_AWAY.has(code)) return undefined;
  return 'Run the same command again: it starts the servers of the stack that have stopped, and goes on where this run stopped.';
}
