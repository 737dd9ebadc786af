import type { Logger } from '../src/api/index.ts';
import { createSecretResolver } from '../src/config/secrets.ts';
import type { Registry } from '../src/connectors/packages.ts';
import type { TaskDeps } from '../src/runtime/run/contracts.ts';
import { WarmClients } from '../src/runtime/warm-clients.ts';
import { createTaskStore } from '../src/store/dynamodb/task-store.ts';
import { fromEnvironment } from './environment.ts';
import { lazyTrigger } from './lazy-trigger.ts';

/** A process keeps one for each connector that it has served of late, and one more for each password that was changed. */
const WARM_CLIENTS = 16;

/** Creates the parts of the task function, once per process. */
export function createTaskDeps(logger: Logger, { taskClasses }: Pick<Registry, 'taskClasses'>): TaskDeps {
  const queueUrl = fromEnvironment('CONNECT_TASK_QUEUE_URL');
  return {
    store: createTaskStore({ table: fromEnvironment('CONNECT_TABLE') }),
    continuation: lazyTrigger(async () => (await import('../src/triggers/sqs.ts')).createSqsTrigger({ queueUrl })),
    taskClasses,
    loadRocketmq: () => import('../src/transport/index.ts'),
    loadQueues: () => import('../src/rocketmq/queues.ts'),
    resolveSecrets: createSecretResolver(),
    clients: new WarmClients(WARM_CLIENTS),
    logger,
    ...(process.env.OTEL_EXPORTER_OTLP_ENDPOINT && { loadTracing: () => import('../src/tracing/index.ts') }),
  };
}
