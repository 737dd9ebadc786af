import pMap from 'p-map';
import { ConnectError } from '../../api/index.ts';
import type { ConnectorSpec, TriggerSpec } from '../../config/connector-spec.ts';
import { lookTimes } from '../../config/look-times.ts';
import { parseSchedule } from '../../config/schedule-expression.ts';
import { didYouMean } from '../../kit/index.ts';
import type { ConnectorItem, TaskItem } from '../../store/store.ts';
import type { ConnectorSummary, RunsResult, StatusResult, TaskStatus } from '../planner-api.ts';
import { inForce } from '../run/in-force.ts';
import { agesOf } from './ages.ts';
import { CONCURRENCY } from './concurrency.ts';
import { connectorState, stateOf } from './connector-state.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { stallOf } from './stall.ts';

/** Whether a text can name a connector. DynamoDB refuses a key that is no name, so it can't be asked for one. */
export const isConnectorName = (name: string): boolean => /^[A-Za-z][A-Za-z0-9._-]{0,63}$/.test(name);

export async function mustExist(name: string, deps: Pick<PlannerDeps, 'store'>): Promise<ConnectorItem> {
  const connector = await findConnector(name, deps);
  if (connector !== undefined) return connector;
  const near = didYouMean(
    name,
    (await deps.store.listConnectors()).map((known) => known.name),
  );
  throw new ConnectError('NOT_FOUND', `no connector ${isConnectorName(name) ? name : JSON.stringify(name)}`, {
    remedy: near === undefined ? 'see `rocketmq-connect list`, or apply its file first' : `did you mean ${near}?`,
  });
}

/** Returns the connector; undefined where there is none. */
export const findConnector = async (name: string, deps: Pick<PlannerDeps, 'store'>): Promise<ConnectorItem | undefined> =>
  isConnectorName(name) ? deps.store.getConnector(name) : undefined;

export async function listConnectors(deps: PlannerDeps): Promise<ConnectorSummary[]> {
  const connectors = await deps.store.listConnectors();
  const summarized = async (connector: ConnectorItem) => summarize(connector, await deps.store.listTasks(connector.name));
  return pMap(connectors, summarized, { concurrency: CONCURRENCY });
}

/** Returns the connector and its tasks from `from` on. */
export async function statusOf(name: string, deps: PlannerDeps, from = 0): Promise<StatusResult> {
  const connector = await mustExist(name, deps);
  const items = await deps.store.listTasks(name);
  const shown = items.filter(({ task }) => task >= from);
  return { ...summarize(connector, items), taskStatus: shown.flatMap((item) => taskStatus(item, connector) ?? []) };
}

/** Returns the connector file of a spec, with defaults filled in. */
export function fileOf({ direction, system, ...sections }: ConnectorSpec): Readonly<Record<string, unknown>> {
  return { ...sections, [direction]: system };
}

export async function runsOf(name: string, limit: number, deps: PlannerDeps): Promise<RunsResult> {
  await mustExist(name, deps);
  return { connector: name, runs: await deps.store.listRuns(name, limit) };
}

export function summarize(connector: ConnectorItem, items: readonly TaskItem[]): ConnectorSummary {
  const { name, spec, desired, generation, lastGeneration, tasks } = connector;
  return {
    name,
    type: spec.type,
    desired,
    ...connectorState(connector, items, Date.now()),
    generation,
    planPending: lastGeneration > generation || connector.deleting === true,
    tasks,
    ...(spec.trigger.schedule === undefined ? {} : { schedule: spec.trigger.schedule }),
    ...lookTimes(spec.trigger),
    ...(desired === 'RUNNING' && nextStart(spec.trigger)),
    ...agesOf(connector, items, Date.now()),
  };
}

function nextStart({ schedule, timeZone }: TriggerSpec): { readonly nextStart?: number } {
  if (schedule === undefined) return {};
  const { kind, nextRun } = parseSchedule(schedule, timeZone);
  const next = kind === 'rate' ? undefined : nextRun(Date.now());
  return next === undefined ? {} : { nextStart: next };
}

export function taskStatus(item: TaskItem, connector: ConnectorItem): TaskStatus | undefined {
  const current = inForce(item, connector.generation);
  if (current === undefined) return undefined;
  const state = stateOf(item, connector);
  const stall = stallOf(item, connector, Date.now());
  return {
    connector: item.connector,
    task: item.task,
    state,
    generation: item.generation,
    partitions: current.planned.taskConfig.partitions,
    positions: Object.fromEntries(current.positions),
    counters: item.counters,
    ...(state === 'RUNNING' ? { leaseUntil: item.leaseUntil } : {}),
    ...(item.lastRun === undefined ? {} : { lastRun: item.lastRun }),
    ...(item.lastRecordAt === undefined ? {} : { lastRecordAt: item.lastRecordAt }),
    ...(stall === undefined ? {} : { stalledSince: stall.since }),
    ...(item.failure === undefined ? {} : { failure: item.failure }),
  };
}
