import { ConnectError, type ErrorCode } from '../api/index.ts';
import { reportFailure } from './failures.ts';
import type { Output } from './output.ts';
import type { TaskTotals } from './run-totals.ts';

/** What the last run of a task says besides numbers. */
export function tellWords(row: TaskTotals, output: Output): void {
  const { connector, task, stopped = [], stoppedPartitions, skipped = [], notices = [], endUnknown } = row;
  const about = `${connector} task ${task}`;
  for (const notice of notices) output.note(`${about}: ${notice}`);
  if (endUnknown !== undefined) output.note(`${about}: ${endUnknown}`);
  for (const { place, reason } of skipped) output.note(`${about}: passed over ${place}, as you said: ${reason}`);
  // Where the whole task failed, that is its failure, which is reported by itself.
  for (const { partition, code, message, remedy } of row.outcome === 'failed' ? [] : stopped) {
    const words = `${about}: partition ${partition} stands still: ${message}`;
    const error = new ConnectError(code as ErrorCode, words, remedy === undefined ? {} : { remedy });
    reportFailure(error, output, { connector, task });
  }
  if (stoppedPartitions !== undefined) output.problem(`${about}: ${stoppedPartitions} partitions stand still in all`);
}
