/** A worker as its own process, so that a test can kill or freeze it at any await: `node worker-process.ts '<WorkerOrder>'`. */
import type { SourceTask, SourceTaskContext } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/api/index.ts';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { createSecretResolver } from '../../../src/config/secrets.ts';
import { KafkaSourceTask } from '../../../src/connectors/kafka/source.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';
import { checkTopic } from '../../../src/rocketmq/preflight.ts';
import type { OpenProducer } from '../../../src/rocketmq/types.ts';
import { createPlanner } from '../../../src/runtime/planner.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb-store.ts';
import type { TaskTrigger } from '../../../src/triggers/trigger.ts';
import { type AwaitPoint, interrupting } from './interrupting.ts';

export interface WorkerOrder {
  readonly table: string;
  readonly dynamodb: string;
  readonly deadlineMs: number;
  /** How far the store's clock is ahead, to see leases expire without waiting. */
  readonly laterMs?: number;
  readonly at?: AwaitPoint;
  readonly signal?: NodeJS.Signals;
  readonly work: { readonly run: { readonly connector: string; readonly task: number } } | { readonly apply: ConnectorSpec };
}

const order = JSON.parse(process.argv[2] as string) as WorkerOrder;
const signal = order.signal ?? 'SIGKILL';
const interrupt = <T extends object>(target: T, name: string): T => interrupting(target, name, order.at, signal);

/** Kafka needs no acknowledgement; a queue system does, and that is a place to die at, too. */
class AcknowledgingSource extends KafkaSourceTask implements SourceTask {
  acknowledged(): void {}
}

const clients = new WarmClients();
const store = interrupt(
  createDynamodbStore({ table: order.table, endpoint: order.dynamodb, now: () => Date.now() + (order.laterMs ?? 0) }),
  'store',
);
const nothing: TaskTrigger = {
  async fire() {},
  async sync({ tasks }) {
    return { created: tasks, changed: 0, deleted: 0, kept: 0 };
  },
  async close() {},
};
const resolveSecrets = createSecretResolver();
const deadline = Date.now() + order.deadlineMs;

const outcome = 'run' in order.work ? await run(order.work.run) : await apply(order.work.apply);
process.stdout.write(`${JSON.stringify(outcome)}\n`);
await clients.close();
store.close();

function run(ref: { connector: string; task: number }) {
  const deps = {
    store,
    continuation: nothing,
    taskClasses: {
      KafkaSourceTask: async () => ({
        direction: 'source' as const,
        create: class {
          constructor(context: SourceTaskContext<never>) {
            // biome-ignore lint/correctness/noConstructorReturn: the runtime must get the interrupted task
            return interrupt(new AcknowledgingSource(context), 'task');
          }
        } as never,
      }),
    },
    loadRocketmq: async () => {
      const { openProducer, recordToMessage } = await import('../../../src/rocketmq/index.ts');
      const open: OpenProducer = async (...args) => interrupt(await openProducer(...args), 'producer');
      return interrupt({ openProducer: open, recordToMessage }, 'rocketmq');
    },
    resolveSecrets,
    clients,
    logger: silentLogger,
  };
  return runTask(ref, deps, { deadline, owner: `test ${process.pid}`, signal: new AbortController().signal });
}

function apply(spec: ConnectorSpec) {
  const planner = createPlanner({
    store,
    schedules: interrupt(nothing, 'schedules'),
    trigger: nothing,
    connectorTypes,
    parseConnectorFile: async () => spec,
    resolveSecrets,
    checkTopic,
    clients,
    logger: silentLogger,
    deadline: () => deadline,
  });
  return planner.handle({ action: 'apply', file: spec });
}
