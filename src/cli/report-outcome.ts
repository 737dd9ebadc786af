import type { TaskOutcome } from '../runtime/contracts.ts';
import type { Output } from './output.ts';
import { duration, number } from './render/numbers.ts';

/** A line on an invocation that copied something, failed or left a partition standing; on the others only with `--verbose`, as the logger does. */
export function reportOutcome({ connector, task, summary }: TaskOutcome, output: Output): void {
  if (summary === undefined) return;
  const { error, records, outcome, startedAt, endedAt, stopped = [], skipped = [] } = summary;
  const about = `${connector} task ${task}`;
  if (error !== undefined) {
    output.problem(`${error.code}: ${about}: ${error.message}`);
    return;
  }
  for (const { place, reason } of skipped) output.note(`${about}: passed over ${place}, as you said: ${reason}`);
  for (const { partition, code, message } of stopped) output.problem(`${code}: ${about}: partition ${partition} stands still: ${message}`);
  if (records === 0) return;
  output.result(`${new Date(endedAt).toISOString()} ${about}: ${number(records)} records in ${duration(endedAt - startedAt)}, ${outcome}`);
}
