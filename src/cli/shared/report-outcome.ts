import type { TaskOutcome } from '../../runtime/run/contracts.ts';
import { duration, number } from '../render/numbers.ts';
import type { Output } from '../terminal/output.ts';

/**
 * Prints a line about an invocation that copied something, failed or stopped a partition. With `--verbose`, the logger prints the others.
 */
export function reportOutcome({ connector, task, summary }: TaskOutcome, output: Output): void {
  if (summary === undefined) return;
  const { error, records, outcome, startedAt, endedAt, stopped = [], skipped = [] } = summary;
  const about = `${connector} task ${task}`;
  if (error !== undefined) {
    output.problem(`${error.code}: ${about}: ${error.message}`);
    return;
  }
  for (const { place, reason } of skipped) output.note(`${about}: skipped ${place}, as you asked: ${reason}`);
  for (const { partition, code, message } of stopped) output.problem(`${code}: ${about}: partition ${partition} has stopped: ${message}`);
  if (records === 0) return;
  output.result(`${new Date(endedAt).toISOString()} ${about}: ${number(records)} records in ${duration(endedAt - startedAt)}, ${outcome}`);
}
