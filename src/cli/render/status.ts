import type { StatusResult, TaskStatus } from '../../runtime/planner-api.ts';
import { duration, number } from './numbers.ts';
import { type Place, renderSchedule } from './schedule.ts';
import { renderTable } from './table.ts';

const POSITIONS_SHOWN = 4;

/** Only where it says more than that all is copied. */
const renderBehind = ({ ageMs = 0 }: StatusResult): string => (ageMs === 0 ? '' : `, data up to ${duration(ageMs)} old`);

/** Returns a connector and its tasks, as they are at `now`. */
export function renderStatus(status: StatusResult, now: number, place: Place): string {
  const { name, type, state, reason, generation, planPending, taskStatus } = status;
  const pending = planPending ? ', a plan was started and is not in force: apply the file again' : '';
  const head = `${name}  ${type}  ${state}  generation ${generation}  ${renderSchedule(status, place)}${renderBehind(status)}${pending}`;
  const why = reason === undefined ? '' : `\n${reason.replaceAll(/^/gm, '  ')}`;
  if (taskStatus.length === 0) return `${head}${why}${generation === 0 ? '' : '\nthere are no tasks, because there is nothing to copy'}`;
  const rows = [...taskStatus]
    .sort((a, b) => a.task - b.task)
    .map((task) => [
      String(task.task),
      task.state,
      positions(task),
      lag(task),
      task.lastRecordAt === undefined ? '-' : `${duration(now - task.lastRecordAt)} ago`,
      lastRun(task, now),
      number(task.counters.records),
      failure(task, now),
    ]);
  return `${head}${why}\n${renderTable(['task', 'state', 'positions', 'lag', 'last record', 'last run', 'records', 'failure, notices'], rows)}`;
}

function positions({ partitions, positions: at }: TaskStatus): string {
  // Those that have been copied from say more than those that are still empty.
  const ordered = [...partitions.filter((name) => at[name] !== undefined), ...partitions.filter((name) => at[name] === undefined)];
  const shown = ordered.slice(0, POSITIONS_SHOWN).map((name) => `${name} ${at[name] ?? '-'}`);
  const rest = partitions.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}

function lag({ lastRun: run }: TaskStatus): string {
  const parts = [run?.lagRecords === undefined ? '' : number(run.lagRecords), run?.lagMs === undefined ? '' : duration(run.lagMs)];
  const known = parts.filter((part) => part !== '').join(', ');
  const stopped = run?.stoppedPartitions ?? run?.stopped?.length ?? 0;
  // The count leaves out the stopped partitions.
  return stopped > 0 && known !== '' ? `${known}, not counting ${stopped} stopped` : known || '-';
}

function lastRun({ lastRun: run }: TaskStatus, now: number): string {
  if (run === undefined) return 'never';
  return `${duration(now - run.endedAt)} ago: ${run.outcome}${run.waitsFor === undefined ? '' : ` for ${run.waitsFor}`}, ${number(run.records)} in ${duration(run.endedAt - run.startedAt)}${run.deadLetters > 0 ? `, ${number(run.deadLetters)} of them dead letters` : ''}`;
}

function failure({ connector, failure: failed, lastRun: run }: TaskStatus, now: number): string {
  if (failed === undefined) return words(run);
  const next = failed.fatal
    ? `waits for \`resume ${connector}\``
    : `retries in ${duration(Math.max(0, failed.notBefore - now))}, or at once by \`run\``;
  return `${failed.code}: ${failed.message}\n${failed.count} in a row, ${next}`;
}

/** Returns the partitions that have stopped while the task continues, and the notices of its last run. */
function words(run: TaskStatus['lastRun']): string {
  const { stopped = [], stoppedPartitions, skipped = [], notices = [], endUnknown } = run ?? {};
  return [
    ...stopped.map(
      ({ partition, code, message, remedy }) => `${partition}: ${code}: ${message}${remedy === undefined ? '' : `; ${remedy}`}`,
    ),
    ...(stoppedPartitions === undefined ? [] : [`${stoppedPartitions} partitions have stopped in total`]),
    ...skipped.map(({ place, reason }) => `skipped ${place}: ${reason}`),
    ...notices,
    ...(endUnknown === undefined ? [] : [endUnknown]),
  ].join('\n');
}
