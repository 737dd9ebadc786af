import type { Logger } from '../src/api/index.ts';
import { createSecretResolver } from '../src/config/secrets.ts';
import type { Registry } from '../src/connectors/packages.ts';
import type { PlannerDeps } from '../src/runtime/planner/planner-deps.ts';
import { WarmClients } from '../src/runtime/warm-clients.ts';
import { createDynamodbStore } from '../src/store/dynamodb/dynamodb-store.ts';
import { fromEnvironment } from './environment.ts';
import { lazyTrigger } from './lazy-trigger.ts';

/** A process keeps one for each connector that it has served of late, and one more for each password that was changed. */
const WARM_CLIENTS = 16;

/** Creates the parts of the planner function, once per process. */
export function createPlannerDeps(
  logger: Logger,
  deadline: () => number,
  requestId: () => string,
  { connectorTypes, taskClasses }: Registry,
): PlannerDeps {
  const resolveSecrets = createSecretResolver();
  const queueUrl = fromEnvironment('CONNECT_TASK_QUEUE_URL');
  const schedules = {
    group: fromEnvironment('CONNECT_SCHEDULE_GROUP'),
    queueArn: fromEnvironment('CONNECT_TASK_QUEUE_ARN'),
    watchArn: fromEnvironment('CONNECT_WATCH_ARN'),
    roleArn: fromEnvironment('CONNECT_SCHEDULER_ROLE_ARN'),
  };
  return {
    store: createDynamodbStore({ table: fromEnvironment('CONNECT_TABLE'), patient: true }),
    schedules: lazyTrigger(async () => (await import('../src/triggers/eventbridge-scheduler.ts')).createSchedulerTrigger(schedules)),
    trigger: lazyTrigger(async () => (await import('../src/triggers/sqs.ts')).createSqsTrigger({ queueUrl })),
    connectorTypes,
    parseConnectorFile: async (file) =>
      (await import('../src/config/parse-connector-file.ts')).parseConnectorFile(file, connectorTypes, resolveSecrets),
    resolveSecrets,
    checkTopic: async (config, log) => (await import('../src/transport/check-topic.ts')).checkTopic(config, log),
    loadQueueChecks: () => import('../src/rocketmq/queue-checks.ts'),
    peekTopic: async (config, request) => (await import('../src/rocketmq/peek-topic.ts')).peekTopic(config, request),
    loadLetters: () => import('../src/rocketmq/letters.ts'),
    loadRocketmq: () => import('../src/transport/index.ts'),
    taskClasses,
    owner: 'the planner function',
    caller: () => ({ request: requestId() }),
    clients: new WarmClients(WARM_CLIENTS),
    logger,
    deadline,
  };
}
