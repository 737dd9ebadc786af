import { ConnectError, type Logger, toConnectError } from '../../api/index.ts';
import { createSecretResolver } from '../../config/secrets.ts';
import { createPlanner } from '../../runtime/planner/planner.ts';
import { mustExist } from '../../runtime/planner/status.ts';
import type { TaskDeps, TaskOutcome } from '../../runtime/run/contracts.ts';
import { runTask } from '../../runtime/run-task.ts';
import { WarmClients } from '../../runtime/warm-clients.ts';
import type { Look } from '../../runtime/watch/look.ts';
import type { DynamodbOptions } from '../../store/dynamodb/client.ts';
import { createDynamodbStore } from '../../store/dynamodb/dynamodb-store.ts';
import type { ConnectorItem, ConnectStore } from '../../store/store.ts';
import type { TaskEvent, TaskTrigger } from '../../triggers/trigger.ts';
import { projectRegistry } from '../project/registry.ts';
import { isGone, LOCAL_OWNER } from './local-owner.ts';
import { localUser } from './local-user.ts';
import { INVOCATION_MS, runUntilCaughtUp } from './run-until-caught-up.ts';
import type { Target } from './target.ts';

/** One request to the planner may take this long, with all its steps. */
const PLAN_MS = 5 * 60_000;

export interface LocalOptions {
  readonly table: string;
  readonly logger: Logger;
  /** Creates what starts tasks and keeps schedules. By default there is none: most commands end before anything could start. */
  readonly createTrigger?: (run: RunEvent, look: LookAt, minutesAfter: MinutesAfter) => TaskTrigger;
}

/** Runs one invocation of a task in this process. */
export type RunEvent = (event: TaskEvent, signal: AbortSignal) => Promise<TaskOutcome>;

/** Looks which tasks of a connector have something to do, and starts those. */
export type LookAt = (connector: string, signal: AbortSignal) => Promise<Look>;

/** Says in how many minutes after a look, in which nothing was found, the next one is due. */
export type MinutesAfter = (connector: string, lookedAt: number) => Promise<number | undefined>;

/** The planner and tasks in this process, with the state in DynamoDB. */
export interface LocalTarget extends Target {
  /** Returns what `runTask` needs. Each call returns a store of its own, which counts its own requests. */
  readonly taskDeps: () => TaskDeps;
  readonly connectors: () => Promise<ConnectorItem[]>;
  readonly trigger: TaskTrigger;
}

/** Opens the target. It creates the table on a DynamoDB server of the user's own. On AWS, a deployment has created it. */
export async function openLocalTarget({ table, logger, createTrigger }: LocalOptions): Promise<LocalTarget> {
  const address = dynamodbAddress();
  const { connectorTypes, taskClasses } = await projectRegistry();
  const options = { table, ...address };
  const store = createDynamodbStore({ ...options, patient: true });
  if (address.endpoint !== undefined) {
    await ensureTable(store, options).catch((error) => {
      store.close();
      explain(error);
    });
  }
  const stores = new Set([store]);
  const clients = new WarmClients();
  const resolveSecrets = createSecretResolver();
  const loadRocketmq = () => import('../../transport/index.ts');
  const loadQueues = () => import('../../rocketmq/queues.ts');
  const newStore = (): ConnectStore => {
    const opened = createDynamodbStore(options);
    stores.add(opened);
    return opened;
  };
  const depsWith = (own: ConnectStore): TaskDeps => {
    const tracing = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ? { loadTracing: () => import('../../tracing/index.ts') } : {};
    return { store: own, continuation: trigger, taskClasses, loadRocketmq, loadQueues, resolveSecrets, clients, logger, ...tracing };
  };
  const taskDeps = () => depsWith(newStore());
  /** A process that serves runs tasks again and again, so the stores of a run end with it. */
  const runTasks: Target['runTasks'] = async (run) => {
    const own = new Set<ConnectStore>();
    const deps = () => {
      const opened = newStore();
      own.add(opened);
      return depsWith(opened);
    };
    try {
      return await runUntilCaughtUp({ ...run, deps, owner: LOCAL_OWNER });
    } finally {
      for (const opened of own) {
        opened.close();
        stores.delete(opened);
      }
    }
  };
  const sample: Target['sample'] = async (request) => {
    const { sampleConnector } = await import('./sample-connector.ts');
    const connector = await mustExist(request.connector, { store });
    return sampleConnector(
      { ...request, connector, owner: LOCAL_OWNER },
      { store, taskClasses, loadRocketmq, resolveSecrets, clients, logger },
    );
  };
  const depsOfTasks = new Map<string, TaskDeps>();
  const runEvent: RunEvent = (event, signal) => {
    const key = `${event.connector}/${event.task}`;
    const deps = depsOfTasks.get(key) ?? taskDeps();
    depsOfTasks.set(key, deps);
    return runTask(event, deps, { deadline: Date.now() + INVOCATION_MS, owner: LOCAL_OWNER, isGone, signal });
  };
  const lookAt: LookAt = async (connector, signal) => {
    const watch = await import('../../runtime/watch/look.ts');
    return watch.look(connector, { store, trigger, connectorTypes, loadQueues, resolveSecrets, clients, logger }, { signal });
  };
  const minutesAfter: MinutesAfter = async (connector, lookedAt) => {
    const watch = await import('../../runtime/watch/minutes-after-look.ts');
    return watch.minutesAfterLook(connector, lookedAt, store);
  };
  const trigger: TaskTrigger = createTrigger?.(runEvent, lookAt, minutesAfter) ?? noTrigger;
  const planner = createPlanner({
    store,
    schedules: trigger,
    trigger,
    connectorTypes,
    // Validation loads half a megabyte that most commands do not need.
    parseConnectorFile: async (file) =>
      (await import('../../config/parse-connector-file.ts')).parseConnectorFile(file, connectorTypes, resolveSecrets),
    resolveSecrets,
    checkTopic: async (config, log) => (await import('../../transport/check-topic.ts')).checkTopic(config, log),
    loadQueueChecks: () => import('../../rocketmq/queue-checks.ts'),
    peekTopic: async (config, request) => (await import('../../rocketmq/peek-topic.ts')).peekTopic(config, request),
    loadLetters: () => import('../../rocketmq/letters.ts'),
    loadRocketmq,
    taskClasses,
    owner: LOCAL_OWNER,
    caller: () => ({ name: localUser() }),
    isGone,
    clients,
    logger,
    deadline: () => Date.now() + PLAN_MS,
  });
  return {
    planner,
    taskDeps,
    trigger,
    connectors: () => store.listConnectors(),
    detached: false,
    runTasks,
    sample,
    async close() {
      await trigger.close();
      await clients.close();
      for (const opened of stores) opened.close();
    },
  };
}

/** Creates the table if there is none. Most starts find it, and one request is enough to know that. The creation waits for a server that is starting. */
async function ensureTable(store: ConnectStore, options: DynamodbOptions): Promise<void> {
  try {
    await store.getConnector('-');
  } catch (error) {
    if (!['NOT_FOUND', 'UNREACHABLE'].includes(toConnectError(error).code)) throw error;
    const { createTable } = await import('../../store/dynamodb/create-table.ts');
    await createTable(options);
  }
}

function explain(error: unknown): never {
  const { code, message } = toConnectError(error);
  if (code !== 'UNREACHABLE' && code !== 'TIMEOUT' && code !== 'WRONG_KIND') throw error;
  const start = 'start it with `npm run stack -- start dynamodb`, set AWS_ENDPOINT_URL_DYNAMODB, or choose --target aws';
  throw new ConnectError(code, message, { retriable: code !== 'WRONG_KIND', remedy: start, cause: error });
}

/** Returns AWS_ENDPOINT_URL_DYNAMODB, or the default address of DynamoDB Local. Returns no endpoint if the address is that of AWS. */
function dynamodbAddress(): { readonly endpoint?: string } {
  const endpoint = process.env.AWS_ENDPOINT_URL_DYNAMODB || 'http://127.0.0.1:8000';
  if (!/^https?:/.test(endpoint) || !URL.canParse(endpoint)) {
    throw new ConnectError('CONFIG_INVALID', `AWS_ENDPOINT_URL_DYNAMODB: ${JSON.stringify(endpoint)} is not an address`, {
      remedy: 'write it as http://127.0.0.1:8000',
    });
  }
  return /\.amazonaws\.com(\.cn)?(:\d+)?\/?$/.test(endpoint) ? {} : { endpoint };
}

/**
 * The trigger of commands that run tasks themselves or not at all. Schedules only run while `dev` runs, which reads them from the table.
 */
const noTrigger: TaskTrigger = {
  fire: async () => undefined,
  sync: async () => ({ created: 0, changed: 0, deleted: 0, kept: 0 }),
  hasten: async () => undefined,
  close: async () => undefined,
};
