import type { Logger } from '../src/api/index.ts';
import { createSecretResolver } from '../src/config/secrets.ts';
import type { Registry } from '../src/connectors/packages.ts';
import { WarmClients } from '../src/runtime/warm-clients.ts';
import type { WatchDeps } from '../src/runtime/watch/watch-deps.ts';
import { createDynamodbStore } from '../src/store/dynamodb/dynamodb-store.ts';
import { fromEnvironment } from './environment.ts';
import { lazyPace, lazyTrigger } from './lazy-trigger.ts';

/** A process looks at many connectors in turn. */
const WARM_CLIENTS = 64;

/** Creates the parts of the watch function, once per process. */
export function createWatchDeps(logger: Logger, { connectorTypes }: Pick<Registry, 'connectorTypes'>): WatchDeps {
  const queueUrl = fromEnvironment('CONNECT_TASK_QUEUE_URL');
  const group = fromEnvironment('CONNECT_SCHEDULE_GROUP');
  return {
    store: createDynamodbStore({ table: fromEnvironment('CONNECT_TABLE') }),
    trigger: lazyTrigger(async () => (await import('../src/triggers/sqs.ts')).createSqsTrigger({ queueUrl })),
    pace: lazyPace(async () => (await import('../src/triggers/scheduler-pace.ts')).createSchedulerPace({ group })),
    connectorTypes,
    loadQueues: () => import('../src/rocketmq/queues.ts'),
    resolveSecrets: createSecretResolver(),
    clients: new WarmClients(WARM_CLIENTS),
    logger,
  };
}
