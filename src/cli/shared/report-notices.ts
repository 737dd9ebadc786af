import { ConnectError, type ErrorCode } from '../../api/index.ts';
import type { TaskTotals } from '../target/run-totals.ts';
import { reportFailure } from '../terminal/failures.ts';
import type { Output } from '../terminal/output.ts';

/** Prints the notices, skipped records and stopped partitions of a task's last run. */
export function reportNotices(row: TaskTotals, output: Output): void {
  const { connector, task, stopped = [], stoppedPartitions, skipped = [], notices = [], endUnknown } = row;
  const about = `${connector} task ${task}`;
  for (const notice of notices) output.note(`${about}: ${notice}`);
  if (endUnknown !== undefined) output.note(`${about}: ${endUnknown}`);
  for (const { place, reason } of skipped) output.note(`${about}: skipped ${place}, as you asked: ${reason}`);
  // `explain` reports the failure of a task that failed as a whole.
  for (const { partition, code, message, remedy } of row.outcome === 'failed' ? [] : stopped) {
    const words = `${about}: partition ${partition} has stopped: ${message}`;
    const error = new ConnectError(code as ErrorCode, words, remedy === undefined ? {} : { remedy });
    reportFailure(error, output, { connector, task });
  }
  if (stoppedPartitions !== undefined) output.problem(`${about}: ${stoppedPartitions} partitions have stopped in total`);
}
