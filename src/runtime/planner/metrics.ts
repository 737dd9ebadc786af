import pMap from 'p-map';
import type { ConnectorItem, TaskItem } from '../../store/store.ts';
import type { ConnectorMetrics, MetricsResult, TaskMetrics } from '../planner-api.ts';
import { CONCURRENCY } from './concurrency.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { summarize, taskStatus } from './status.ts';

/** Returns what connectors and tasks have counted. It costs a query for the connectors, and one for each connector. */
export async function metricsOf(deps: Pick<PlannerDeps, 'store'>, from = ''): Promise<MetricsResult> {
  const connectors = (await deps.store.listConnectors()).filter(({ name }) => name >= from);
  const measured = async (connector: ConnectorItem) => connectorMetrics(connector, await deps.store.listTasks(connector.name));
  return { connectors: await pMap(connectors, measured, { concurrency: CONCURRENCY }) };
}

function connectorMetrics(connector: ConnectorItem, items: readonly TaskItem[]): ConnectorMetrics {
  const { spec, plannedAt } = connector;
  const { topic } = spec.rocketmq;
  // The reason may have the text of an error.
  const { reason: _, ...summary } = summarize(connector, items);
  return {
    ...summary,
    direction: spec.direction,
    ...(topic !== undefined && { topic }),
    ...(plannedAt !== undefined && { plannedAt }),
    taskMetrics: items.flatMap((item) => taskMetrics(item, connector) ?? []),
  };
}

function taskMetrics(item: TaskItem, connector: ConnectorItem): TaskMetrics | undefined {
  const status = taskStatus(item, connector);
  if (status === undefined) return undefined;
  const { task, state, partitions, counters, leaseUntil, lastRecordAt, lastRun, failure } = status;
  return {
    task,
    state,
    partitions: partitions.length,
    stopped: lastRun?.stoppedPartitions ?? lastRun?.stopped?.length ?? 0,
    counters,
    ...(leaseUntil !== undefined && { leaseUntil }),
    ...(lastRecordAt !== undefined && { lastRecordAt }),
    ...(lastRun !== undefined && { lastRun: numbersOf(lastRun) }),
    ...(failure !== undefined && { failure: withoutText(failure) }),
  };
}

function numbersOf(run: NonNullable<TaskItem['lastRun']>): NonNullable<TaskMetrics['lastRun']> {
  const { startedAt, endedAt, outcome, records, lagRecords, lagMs, memoryMb } = run;
  return {
    startedAt,
    endedAt,
    outcome,
    records,
    ...(lagRecords !== undefined && { lagRecords }),
    ...(lagMs !== undefined && { lagMs }),
    ...(memoryMb !== undefined && { memoryMb }),
  };
}

function withoutText({ code, count, at, notBefore, fatal }: NonNullable<TaskItem['failure']>): NonNullable<TaskMetrics['failure']> {
  return { code, count, at, notBefore, fatal };
}
