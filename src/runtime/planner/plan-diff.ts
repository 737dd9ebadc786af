import { isDeepStrictEqual } from 'node:util';
import { ConnectError, type TaskConfig } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { WantedTask } from '../../store/store.ts';
import type { TaskDiff } from '../planner-api.ts';
import type { InForce } from '../run/in-force.ts';
import type { Draft } from './make-plan.ts';

/** A partition takes this many bytes of a task's item besides its name: its position and DynamoDB's own overhead. */
const POSITION_BYTES = 64;
const MAX_POSITIONS_BYTES = 100_000;

/** Returns the split in force by task index, for a connector's `taskConfigs`. */
export function previousSplit(tasks: readonly InForce[]): TaskConfig[] {
  const split: TaskConfig[] = [];
  for (const { task, planned } of tasks) split[task] = planned.taskConfig;
  return Array.from(split, (config) => config ?? { partitions: [] });
}

/** Returns, task by task, what putting `wanted` in force changes. */
export function diffPlan(
  wanted: readonly WantedTask[],
  current: readonly InForce[],
  { connector, spec, altered, interrupted }: Pick<Draft, 'connector' | 'spec' | 'altered' | 'interrupted'>,
): TaskDiff[] {
  // A task that a plan kept has the spec of an earlier one. The parts that are compared here are the same, or that plan had changed it.
  const specChanged = connector !== undefined && !isDeepStrictEqual(work(connector.spec), work(spec));
  const before = new Map(current.map((task) => [task.task, task.planned]));
  const diffs = wanted.map((planned, task) => {
    const diff = diffTask(task, planned, before.get(task), specChanged);
    const isWanted = interrupted?.has(task) === true || diff.partitions.some((name) => altered?.has(name) === true);
    return diff.change === 'keep' && isWanted ? { ...diff, change: 'change' as const } : diff;
  });
  const deleted = current
    .filter(({ task }) => task >= wanted.length)
    .map(({ task, planned }) => diffTask(task, undefined, planned, specChanged));
  return [...diffs, ...deleted];
}

function diffTask(task: number, after: WantedTask | undefined, before: WantedTask | undefined, specChanged: boolean): TaskDiff {
  const partitions = after?.taskConfig.partitions ?? [];
  const had = new Set(before?.taskConfig.partitions);
  const has = new Set(partitions);
  const gained = partitions.filter((name) => !had.has(name));
  const lost = [...had].filter((name) => !has.has(name));
  const configChanged = before !== undefined && after !== undefined && (specChanged || !isDeepStrictEqual(own(before), own(after)));
  const differs = configChanged || gained.length > 0 || lost.length > 0;
  const change = before === undefined ? 'create' : after === undefined ? 'delete' : differs ? 'change' : 'keep';
  return { task, change, partitions, gained, lost, configChanged };
}

/**
 * Returns the parts of a spec that change how a task works. A new schedule or task limit does not. It is JSON, because the store keeps it
 * so.
 */
function work({ type, system, rocketmq, batch, errors }: ConnectorSpec): unknown {
  return JSON.parse(JSON.stringify({ type, system, rocketmq, batch, errors }));
}

/** Returns what is a task's own. */
const own = ({ taskClass, taskConfig }: WantedTask): unknown =>
  JSON.parse(JSON.stringify({ taskClass, options: taskConfig.options ?? {} }));

/** Counts the partitions that were in one task and will be in another. */
export function movedPartitions(diffs: readonly TaskDiff[]): number {
  const lost = new Set(diffs.flatMap((diff) => diff.lost));
  return diffs.flatMap((diff) => diff.gained).filter((name) => lost.has(name)).length;
}

/** Refuses a plan whose positions would not fit a task's item. */
export function checkPositionsFit(split: readonly TaskConfig[], spec: ConnectorSpec): void {
  const sizes = split.map(({ partitions }) => partitions.reduce((sum, name) => sum + Buffer.byteLength(name) + POSITION_BYTES, 0));
  const largest = Math.max(0, ...sizes);
  if (largest <= MAX_POSITIONS_BYTES) return;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  // One tenth more, because partitions do not split evenly by bytes.
  const enough = Math.ceil((total / MAX_POSITIONS_BYTES) * 1.1);
  throw new ConnectError(
    'PLAN_TOO_LARGE',
    `maxTasks: ${spec.maxTasks} puts ${Math.round(largest / 1_000)} KB of positions into one task, 100 KB fit`,
    {
      remedy: `set maxTasks to ${enough} or more`,
    },
  );
}
