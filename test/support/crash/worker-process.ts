/** A worker as its own process, so that a test can kill or freeze it at any await: `node worker-process.ts '<WorkerOrder>'`. */
import type { SourceTaskClass, SourceTaskContext, TaskClass } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/api/index.ts';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { createSecretResolver } from '../../../src/config/secrets.ts';
import { connectorTypes, taskClasses } from '../../../src/connectors/registry.ts';
import { peekTopic } from '../../../src/rocketmq/peek-topic.ts';
import type { OpenProducer, QueuesModule } from '../../../src/rocketmq/types.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import { checkTopic } from '../../../src/transport/check-topic.ts';
import { pacedRocketmq } from '../paced-rocketmq.ts';
import { peakMemory } from '../peak-memory.ts';
import { noTrigger } from '../runtime.ts';
import { fileSink } from '../sink/file-sink.ts';
import { TimeLapse } from '../time-lapse.ts';
import { type AwaitPoint, Interruption } from './interrupting.ts';

export interface WorkerOrder {
  readonly table: string;
  readonly dynamodb: string;
  readonly deadlineMs: number;
  /** How far the store's clock is ahead, to see leases expire without waiting. */
  readonly laterMs?: number;
  /** How far the clock of the whole process is ahead, as `TimeLapse` moves that of a test. */
  readonly aheadMs?: number;
  readonly at?: AwaitPoint;
  readonly signal?: NodeJS.Signals;
  /** Sends no more than this; default as fast as it goes. */
  readonly recordsPerSecond?: number;
  readonly work: { readonly run: { readonly connector: string; readonly task: number } } | { readonly apply: ConnectorSpec };
}

/** Written when RocketMQ, or the target of a sink, is about to get the first records. */
export const SENDING = 'sending';

const order = JSON.parse(process.argv[2] as string) as WorkerOrder;
new TimeLapse().pass(order.aheadMs ?? 0);
const interruption = new Interruption(order.at, order.signal ?? 'SIGKILL');

const warmClients = new WarmClients();
const clients = interruption.within(warmClients, 'clients');
const store = interruption.within(
  createDynamodbStore({ table: order.table, endpoint: order.dynamodb, now: () => Date.now() + (order.laterMs ?? 0) }),
  'store',
);
const resolveSecrets = createSecretResolver();
const deadline = Date.now() + order.deadlineMs;

const outcome = 'run' in order.work ? await run(order.work.run) : await apply(order.work.apply);
const mostMemory = peakMemory();
process.stdout.write(`${JSON.stringify({ outcome, calls: interruption.calls, mostMemory })}\n`);
await warmClients.close();
store.close();

function run(ref: { connector: string; task: number }) {
  const deps = {
    store,
    continuation: noTrigger,
    taskClasses: Object.fromEntries(
      Object.entries({ ...taskClasses, ...fileSink.taskClasses }).map(([name, load]) => [name, async () => interrupted(await load())]),
    ),
    loadRocketmq,
    loadQueues,
    resolveSecrets,
    clients,
    logger: silentLogger,
  };
  return runTask(ref, deps, { deadline, owner: `test ${process.pid}`, signal: new AbortController().signal });
}

function interrupted(loaded: TaskClass): TaskClass {
  const Task = loaded.create as SourceTaskClass;
  const create = class {
    constructor(context: SourceTaskContext) {
      if (loaded.direction === 'sink') process.stdout.write(`${SENDING}\n`);
      // biome-ignore lint/correctness/noConstructorReturn: the runtime must get the interrupted task
      return interruption.within(new Task(context), 'task');
    }
  };
  return { direction: loaded.direction, create: create as never };
}

async function loadQueues(): Promise<QueuesModule> {
  const queues = await import('../../../src/rocketmq/queues.ts');
  return {
    ...queues,
    openQueues: async (...args) => interruption.within(await queues.openQueues(...args), 'queues', ['close']),
    openShared: async (...args) => interruption.within(await queues.openShared(...args), 'shared'),
  };
}

async function loadRocketmq() {
  const { openProducer, recordToMessage } = await pacedRocketmq(order.recordsPerSecond ?? Number.POSITIVE_INFINITY);
  const open: OpenProducer = async (...args) => {
    const producer = await openProducer(...args);
    process.stdout.write(`${SENDING}\n`);
    return interruption.within(producer, 'producer', ['problem']);
  };
  return interruption.within({ openProducer: open, recordToMessage }, 'rocketmq', ['recordToMessage']);
}

function apply(spec: ConnectorSpec) {
  const planner = createPlanner({
    store,
    schedules: interruption.within(noTrigger, 'schedules'),
    trigger: noTrigger,
    connectorTypes,
    parseConnectorFile: async () => spec,
    resolveSecrets,
    checkTopic,
    loadQueueChecks: () => import('../../../src/rocketmq/queue-checks.ts'),
    peekTopic,
    loadLetters: () => import('../../../src/rocketmq/letters.ts'),
    loadRocketmq: () => import('../../../src/transport/index.ts'),
    taskClasses: {},
    owner: 'test',
    clients,
    logger: silentLogger,
    deadline: () => deadline,
  });
  return planner.handle({ action: 'apply', file: spec });
}
