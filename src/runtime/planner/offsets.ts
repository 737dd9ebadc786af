import { ConnectError, type ErrorCode, type Position, type TaskConfig } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import { isShared } from '../../config/shared-delivery.ts';
import { didYouMean } from '../../kit/index.ts';
import type { NamedTopics, QueueBounds } from '../../rocketmq/types.ts';
import type { ConnectorItem } from '../../store/store.ts';
import type { AlteredOffset, AlterOffsetsResult, OffsetsResult } from '../planner-api.ts';
import { positionsInForce } from '../run/in-force.ts';
import { sharedGroupOf } from '../sink/consumer-group.ts';
import { parsePosition, positionProblem } from '../sink/queue-position.ts';
import { applyPlan } from './apply-plan.ts';
import { askLag } from './ask-lag.ts';
import type { ChangeDeps } from './change-record.ts';
import { draftInForce, tasksInForce } from './draft-in-force.ts';
import { withConnector } from './open-connector.ts';
import { counted } from './plan-details.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { sinkStarts } from './sink-starts.ts';
import { mustExist } from './status.ts';

/** Lists where each partition of the plan in force is, by name, and with `lag` how many records are behind that. */
export async function offsetsOf(name: string, deps: PlannerDeps, withLag = false): Promise<OffsetsResult> {
  const connector = await mustExist(name, deps);
  const tasks = await tasksInForce(connector, deps);
  const { lagUnknown, lagOf } = withLag ? await askLag(connector, tasks, deps) : { lagOf: () => undefined };
  const offsets = tasks.flatMap(({ task, planned, positions }) =>
    planned.taskConfig.partitions.map((partition) => {
      const position = positions.get(partition);
      const lag = lagOf(partition);
      return { partition, task, ...(position !== undefined && { position }), ...(lag !== undefined && { lag }) };
    }),
  );
  const sorted = offsets.sort((a, b) => (a.partition < b.partition ? -1 : 1));
  return { connector: name, offsets: sorted, ...(lagUnknown !== undefined && { lagUnknown }) };
}

/**
 * Sets positions, as a plan of its own: it takes the tasks from runs that are under way, so that none of these overwrites what was set.
 * Nothing is set where one partition or position is wrong.
 */
export async function alterOffsets(
  name: string,
  offsets: Readonly<Record<string, Position | null>> | undefined,
  deps: ChangeDeps,
): Promise<AlterOffsetsResult> {
  refuseMalformed(offsets);
  const connector = await mustExist(name, deps);
  if (isShared(connector.spec)) throw hasNoPositions(connector);
  const tasks = await tasksInForce(connector, deps);
  const configs = new Map(tasks.flatMap(({ planned: { taskConfig } }) => taskConfig.partitions.map((each) => [each, taskConfig] as const)));
  const wanted = new Map(Object.entries(offsets ?? Object.fromEntries([...configs.keys()].map((partition) => [partition, null]))));
  for (const partition of wanted.keys()) if (!configs.has(partition)) throw unknown(partition, name, configs);
  const before = positionsInForce(tasks);
  for (const [partition, position] of wanted) if (position !== null && before.get(partition) === position) wanted.delete(partition);
  const altered = await positionsToSet(connector, wanted, configs, deps);
  const report = [...altered].flatMap(([partition, after]): AlteredOffset[] => {
    const was = before.get(partition);
    return was === after ? [] : [{ partition, ...(was !== undefined && { before: was }), ...(after !== undefined && { after }) }];
  });
  if (report.length === 0) return { connector: name, altered: [] };
  const positions = new Map(report.map(({ partition, after }) => [partition, after]));
  deps.change.add({ altered: counted(report) });
  const { generation } = await applyPlan({ ...draftInForce(connector, tasks), altered: positions }, deps);
  deps.logger.warn('a user sets positions', { connector: name, generation, altered: report.map((each) => ({ ...each })) });
  return { connector: name, generation, altered: report };
}

const hasNoPositions = ({ spec }: ConnectorItem): ConnectError => {
  const group = sharedGroupOf(spec.name, spec.rocketmq);
  return new ConnectError(
    'WRONG_STATE',
    `the tasks of ${spec.name} share queues, and only RocketMQ knows where consumer group ${group} is`,
    {
      remedy: `reset the group: mqadmin resetOffsetByTime -n <name server> -g ${group} -t <topic> -s <time>`,
    },
  );
};

/** Events come from anywhere. */
function refuseMalformed(offsets: unknown): void {
  if (offsets === undefined) return;
  const isMap = typeof offsets === 'object' && offsets !== null && !Array.isArray(offsets) && Object.keys(offsets).length > 0;
  if (isMap && Object.values(offsets).every((position) => position === null || typeof position === 'string')) return;
  throw new ConnectError('CONFIG_INVALID', 'offsets: positions by partition are expected', {
    remedy: 'send {"flights-0": "4711"}, or null to let a partition start over',
  });
}

/** Throws CONFIG_INVALID for a text that is no position, and WRONG_STATE where the target has the last word. */
function positionsToSet(
  { spec }: ConnectorItem,
  wanted: ReadonlyMap<string, Position | null>,
  configs: ReadonlyMap<string, TaskConfig>,
  deps: PlannerDeps,
): Promise<ReadonlyMap<string, Position | undefined>> {
  return withConnector(spec, deps, async (connector, topics) => {
    if (connector.positionsAreIn !== undefined) {
      throw new ConnectError(
        'WRONG_STATE',
        `the positions of ${spec.name} are in ${connector.positionsAreIn} as well, and the later one counts`,
        {
          remedy: `pause the connector, change them there, and see the page of ${spec.type}`,
        },
      );
    }
    const queues = spec.direction === 'sink' ? await queuesOf(spec, topics, deps) : new Map<string, QueueBounds>();
    const problemOf = (partition: string, position: Position | undefined): string | undefined => {
      if (spec.direction === 'sink') return position === undefined ? undefined : queueProblem(position, queues.get(partition));
      if (connector.positionProblem === undefined) return `positions of a ${spec.type} can't be altered`;
      return connector.positionProblem(partition, position, configs.get(partition) as TaskConfig);
    };
    for (const [partition, position] of wanted) {
      const problem = problemOf(partition, position ?? undefined);
      if (problem !== undefined) throw wrong(partition, position, problem);
    }
    const over = [...wanted.keys()].filter((partition) => wanted.get(partition) === null);
    // A queue that starts over does so where `sink.startAt` says. A source's task finds its start by itself.
    const start = { split: [{ partitions: over }], current: [], queues, wasPlanned: false };
    const starts = spec.direction === 'sink' ? await sinkStarts(spec, start, deps) : new Map<string, Position>();
    return new Map([...wanted].map(([partition, position]) => [partition, position ?? starts.get(partition)]));
  });
}

/** The queues as they are now. Throws where RocketMQ can't be asked. */
async function queuesOf(spec: ConnectorSpec, topics: NamedTopics, deps: PlannerDeps): Promise<ReadonlyMap<string, QueueBounds>> {
  const { rocketmq } = await deps.resolveSecrets({ rocketmq: spec.rocketmq });
  const { checkQueues } = await deps.loadQueueChecks();
  const { findings, queues } = await checkQueues(rocketmq, topics);
  const error = findings.find(({ level }) => level === 'error');
  if (error === undefined) return queues;
  throw new ConnectError(error.code as ErrorCode, `${error.option}: ${error.message}; nothing was changed`, { remedy: error.remedy });
}

/** RocketMQ would say later that the position is lost, as if it were its fault. */
function queueProblem(position: Position, bounds: QueueBounds | undefined): string | undefined {
  const problem = positionProblem(position);
  if (problem !== undefined || bounds === undefined) return problem;
  const { offset } = parsePosition(position);
  return offset >= bounds.min && offset <= bounds.max ? undefined : `the queue has offsets ${bounds.min} to ${bounds.max}`;
}

function unknown(partition: string, name: string, known: ReadonlyMap<string, unknown>): ConnectError {
  const near = didYouMean(partition, [...known.keys()]);
  return new ConnectError('CONFIG_INVALID', `connector ${name} has no partition ${JSON.stringify(partition)}; nothing was changed`, {
    remedy: near === undefined ? `see \`rocketmq-connect offsets get ${name}\`` : `did you mean ${near}?`,
  });
}

const wrong = (partition: string, position: string | null, problem: string): ConnectError =>
  new ConnectError('CONFIG_INVALID', `${partition} can't go on at ${JSON.stringify(position)}: ${problem}; nothing was changed`, {
    remedy: 'use a position of the form that `rocketmq-connect offsets get` shows',
  });
