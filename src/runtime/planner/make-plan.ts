import { isDeepStrictEqual } from 'node:util';
import { ConnectError, type Connector, type Finding, type Position, type TaskConfig } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import { lookTimes } from '../../config/look-times.ts';
import { isShared, isWorkerName, workerNames } from '../../config/shared-delivery.ts';
import { selectionMark } from '../../kit/index.ts';
import type { ConnectorItem, DesiredState, GivenConfig, Positions, TaskItem, WantedTask } from '../../store/store.ts';
import type { OptionChange, PlanResult } from '../planner-api.ts';
import { inForce, positionsInForce } from '../run/in-force.ts';
import { findingsOfTaken, partitionsTaken, returnedPositions } from './lost-partitions.ts';
import { checkBothEnds, withConnector } from './open-connector.ts';
import { optionChanges } from './option-changes.ts';
import { checkPositionsFit, diffPlan, movedPartitions, previousSplit } from './plan-diff.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { sinkStarts } from './sink-starts.ts';

/** A plan that is worked out and not written. */
export interface Draft {
  readonly spec: ConnectorSpec;
  /** The connector as it was read; undefined where it is new. */
  readonly connector: ConnectorItem | undefined;
  readonly wanted: readonly WantedTask[];
  readonly warnings: readonly Finding[];
  /** The connector's type says which options count only for partitions that were never read. */
  readonly startOptions: readonly string[];
  /** Partitions that the plan takes away. */
  readonly taken: ReadonlySet<string>;
  /** Where new partitions go on, as far as the plan knows: those that an earlier plan took away and that are back, and new queues. */
  readonly known: Positions;
  /** Positions that a person sets, by partition; undefined: the partition starts over. Absent where the plan sets none. */
  readonly altered?: ReadonlyMap<string, Position | undefined>;
  /** The state of a connector that is new. Default: RUNNING. */
  readonly initialState?: DesiredState | undefined;
  /** The text that the spec was made from. Absent where it was made from none. */
  readonly given?: GivenConfig | undefined;
  /** Tasks that the plan takes from their runs, whatever else it does with them. */
  readonly interrupted?: ReadonlySet<number>;
}

export interface DraftOptions {
  /** A person reads the result, so the plan may take partitions away. */
  readonly watched: boolean;
  /** The tables of which a snapshot is wanted. */
  readonly tables?: readonly string[];
}

/** Checks both ends and asks the connector for its split, with a snapshot of `tables` where they are given. Reads only. */
export async function draftPlan(spec: ConnectorSpec, deps: PlannerDeps, { watched, tables }: DraftOptions): Promise<Draft> {
  const connector = await deps.store.getConnector(spec.name);
  if (connector?.deleting === true) {
    throw new ConnectError('PLAN_SUPERSEDED', `connector ${spec.name} is being deleted`, {
      retriable: true,
      remedy: 'run delete again to finish it, then apply',
    });
  }
  if (connector !== undefined && connector.spec.type !== spec.type) {
    throw new ConnectError('CONFIG_INVALID', `type: connector ${spec.name} is a ${connector.spec.type}`, {
      remedy: 'delete it first, or give the new one another name',
    });
  }
  const items = connector === undefined ? [] : await deps.store.listTasks(spec.name);
  const current = tasksInForce(items, connector);
  const { startOptions = [] } = (await deps.connectorTypes[spec.type]?.()) ?? {};
  const kept = connector === undefined ? [] : await deps.store.keptPositions(spec.name);
  return withConnector(spec, deps, async (source, topics) => {
    const { warnings: found, queues } = await checkBothEnds(spec, source, topics, deps);
    if (tables !== undefined) await requestSnapshot(source, tables, spec);
    const configs = isShared(spec)
      ? workerNames(spec.maxTasks).map((worker) => ({ partitions: [worker] }))
      : await source.taskConfigs(spec.maxTasks, previousSplit(current), positionsInForce(current), [...queues.keys()]);
    const split = spec.rocketmq.topicsPattern === undefined ? configs : withSelection(configs, topics.names);
    checkPositionsFit(split, spec);
    const wanted = split.map((taskConfig) => ({ taskClass: source.taskClass, taskConfig }));
    // A worker has no position that could be lost.
    const taken = partitionsTaken(source, current, split).filter((name) => spec.direction === 'source' || !isWorkerName(name));
    const warnings = [
      ...found,
      ...findingsOfTaken(taken, {
        name: spec.name,
        left: split.length,
        watched,
        option: spec.direction === 'sink' ? topics.option : 'source',
      }),
    ];
    const isSame = (partition: string, before: TaskConfig, now: TaskConfig) =>
      spec.direction === 'sink' || source.isSame?.(partition, before, now) === true;
    const returned = returnedPositions(isSame, current, split, kept);
    const begins =
      spec.direction === 'sink'
        ? await sinkStarts(spec, { split, current, queues, wasPlanned: (connector?.generation ?? 0) > 0 }, deps)
        : [];
    return { spec, connector, wanted, warnings, startOptions, taken: new Set(taken), known: new Map([...begins, ...returned]) };
  });
}

/** The first task is told which topics a pattern selects: it says so when these are others. */
const withSelection = (configs: readonly TaskConfig[], topics: readonly string[]): TaskConfig[] =>
  configs.map((config, task) => (task === 0 ? { ...config, options: { ...config.options, selection: selectionMark(topics) } } : config));

async function requestSnapshot(source: Connector, tables: readonly string[], { name, type }: ConnectorSpec): Promise<void> {
  if (!Array.isArray(tables) || tables.length === 0) {
    throw new ConnectError('CONFIG_INVALID', 'tables: no table is named', { remedy: 'name one or more as database.table' });
  }
  if (source.requestSnapshot === undefined) {
    throw new ConnectError('CONFIG_INVALID', `connector ${name} is a ${type}, which has no tables to read again`, {
      remedy: 'name a connector that copies tables',
    });
  }
  await source.requestSnapshot(tables);
}

function tasksInForce(items: readonly TaskItem[], connector: ConnectorItem | undefined) {
  return items.flatMap((item) => inForce(item, connector?.generation ?? 0) ?? []);
}

/** Compares the draft with the items as they are now. */
export function planResult(draft: Draft, items: readonly TaskItem[]): PlanResult {
  const current = tasksInForce(items, draft.connector);
  const tasks = diffPlan(draft.wanted, current, draft);
  const { schedule } = draft.spec.trigger;
  return {
    connector: draft.spec.name,
    generation: draft.connector?.generation ?? 0,
    tasks,
    moved: movedPartitions(tasks),
    warnings: draft.warnings,
    options: optionsChanged(draft, current),
    ...(schedule !== undefined && { schedule }),
    ...lookTimes(draft.spec.trigger),
    changed: draft.connector?.generation === 0 || tasks.some(({ change }) => change !== 'keep') || specDiffers(draft),
  };
}

function optionsChanged({ connector, spec, wanted, startOptions }: Draft, current: ReturnType<typeof tasksInForce>): OptionChange[] {
  if (connector === undefined || connector.generation === 0) return [];
  const known = positionsInForce(current);
  const partitions = wanted.flatMap(({ taskConfig }) => taskConfig.partitions);
  // Where a queue begins was settled by the plan that brought it.
  const settled = new Set(spec.direction === 'sink' ? current.flatMap(({ planned }) => planned.taskConfig.partitions) : known.keys());
  const read = partitions.filter((partition) => settled.has(partition)).length;
  return optionChanges(connector.spec, spec, { startOptions, partitions: partitions.length, read });
}

/** Compares the specs as JSON, because the store keeps one so. */
const specDiffers = ({ connector, spec }: Draft): boolean => !isDeepStrictEqual(connector?.spec, JSON.parse(JSON.stringify(spec)));
