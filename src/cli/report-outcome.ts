import type { TaskOutcome } from '../runtime/contracts.ts';
import type { Output } from './output.ts';
import { duration, number } from './render/numbers.ts';

/** A line on an invocation that copied something or failed; on the others only with `--verbose`, as the logger does. */
export function reportOutcome({ connector, task, summary }: TaskOutcome, output: Output): void {
  if (summary === undefined) return;
  const { error, records, outcome, startedAt, endedAt } = summary;
  if (error !== undefined) output.problem(`${error.code}: ${connector} task ${task}: ${error.message}`);
  else if (records > 0) {
    output.result(
      `${new Date(endedAt).toISOString()} ${connector} task ${task}: ${number(records)} records in ${duration(endedAt - startedAt)}, ${outcome}`,
    );
  }
}
