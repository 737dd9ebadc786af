import { createHash, randomUUID } from 'node:crypto';
import { ConnectError, type Finding, type TaskConfig, toConnectError } from '../../../api/index.ts';
import { checkWithin, errorFinding, untilAborted } from '../../../kit/index.ts';
import type { ActivemqSourceConfig } from '../config/config.ts';
import { type ConsumerSpec, consumersOf } from '../config/consumers.ts';
import { AmqpConnection } from '../protocol/amqp-connection.ts';
import { AmqpLink } from '../protocol/amqp-link.ts';
import { queuesWith } from '../protocol/artemis-management.ts';
import { parseUrls } from '../protocol/connection-options.ts';
import { connectionFrame } from '../protocol/errors/connection-errors.ts';
import { NO_EVENTS, otherSubscription, resumeUnchanged, wrongName } from '../protocol/open-consumer.ts';

/** Looks at a broker as the tasks will: address, encryption, credentials, and whether each queue and topic may be read. Takes no message. */
export async function checkActivemq(config: ActivemqSourceConfig, signal: AbortSignal): Promise<Finding[]> {
  const opened: Array<Promise<AmqpConnection>> = [];
  const open = async (clientId: string) => {
    const opening = AmqpConnection.open(config, 'source', parseUrls(config.url, 'source'), clientId);
    opened.push(opening);
    return opening;
  };
  try {
    return await checkWithin({ ...connectionFrame('source'), signal }, async (limit, progress) => {
      const connection = await untilAborted(open(`rocketmq-connect-check-${randomUUID()}`), limit);
      connection.onHeard = progress;
      // Artemis makes the address of a topic that is not there yet, of the kind of the first link that asks for it.
      const sources = await untilAborted(checkSources(connection, config), limit);
      return [...sources, ...(await untilAborted(checkSubscriptions(open, connection, config, progress), limit))];
    });
  } finally {
    // Also those that open only after the check was given up.
    for (const opening of opened) opening.then((connection) => connection.close()).catch(() => {});
  }
}

/** The check looks at a subscription as a topic: the first run makes it. It opens no consumer on a queue that the broker empties, or may empty, when that ends. */
async function checkSources(connection: AmqpConnection, config: ActivemqSourceConfig): Promise<Finding[]> {
  const specs = [...new Map(consumersOf(config).map((spec) => [`${spec.kind} ${spec.address} ${spec.selector}`, spec])).values()];
  const kinds = await checkQueueKinds(connection, specs);
  if (connection.failure !== undefined) throw connection.failure;
  if (kinds.length > 0) return kinds;
  return (await Promise.all(specs.map((spec) => checkSource(connection, spec)))).flat();
}

async function checkSource(connection: AmqpConnection, spec: ConsumerSpec): Promise<Finding[]> {
  try {
    const wrong = wrongName(connection, spec);
    if (wrong !== undefined) throw wrong;
    const link = await AmqpLink.open(connection, spec, NO_EVENTS, spec.kind === 'queue' ? 'consumer' : 'passer-by');
    await link.close();
    return [];
  } catch (error) {
    if (connection.failure !== undefined) throw error;
    return [errorFinding(spec.option, toConnectError(error))];
  }
}

/** Returns a finding for each queue of Artemis that a run empties, or may empty, when it ends. Finds none for a user who may not ask the broker's management. */
async function checkQueueKinds(connection: AmqpConnection, specs: readonly ConsumerSpec[]): Promise<Finding[]> {
  if (!connection.isArtemis) return [];
  const queues = new Map(specs.filter(({ kind }) => kind === 'queue').map((spec) => [spec.address.split('::').at(-1) as string, spec]));
  const { having, unanswered } = await queuesWith(connection, 'purgeOnNoConsumers', [...queues.keys()]);
  const specOf = (name: string): ConsumerSpec[] => {
    const spec = queues.get(name);
    return spec === undefined ? [] : [spec];
  };
  return [...[...having].flatMap(specOf).map(emptied), ...unanswered.flatMap(specOf).map((spec) => unknown(spec, connection))];
}

function emptied({ source, option }: ConsumerSpec): Finding {
  const message = `${source} is emptied by the broker when its last consumer ends (purge-on-no-consumers), as each run does`;
  const remedy = 'turn that off at the broker, or divert its address to a queue without it and name that one';
  return errorFinding(option, new ConnectError('WRONG_KIND', message, { remedy }));
}

function unknown({ source, option }: ConsumerSpec, { connectTimeoutMs }: AmqpConnection): Finding {
  const message = `the broker's management did not say within ${connectTimeoutMs} ms whether it empties ${source} when its last consumer ends (purge-on-no-consumers)`;
  const remedy = 'try again when the broker has less to do, or raise source.connectTimeoutMs';
  return errorFinding(option, new ConnectError('TIMEOUT', message, { retriable: true, remedy }));
}

/** Whether subscriptions that exist are those of the configuration. Makes none, and takes no message. */
async function checkSubscriptions(
  open: (clientId: string) => Promise<AmqpConnection>,
  { isArtemis }: AmqpConnection,
  config: ActivemqSourceConfig,
  progress: () => void,
): Promise<Finding[]> {
  const specs = consumersOf(config).filter(({ durable }) => durable !== undefined);
  const check = async (spec: ConsumerSpec) => (isArtemis ? checkByAsking(open, spec).finally(progress) : checkUnasked(spec));
  return (await Promise.all(specs.map(check))).flat();
}

/** Classic deletes a subscription with a selector in answering what it is. */
function checkUnasked({ source, option, durable }: ConsumerSpec): Finding[] {
  if (durable === undefined || !durable.ofOther || durable.takeOver) return [];
  const message = `${source} may be one that client ${durable.clientId} made: resumed with another selector, Classic deletes what waits in it`;
  return [
    errorFinding(
      option,
      new ConnectError('CONFIG_INVALID', message, {
        remedy: 'give it the selector that it was made with, or none where it has none, and then set takeOver: true in its entry',
      }),
    ),
  ];
}

async function checkByAsking(open: (clientId: string) => Promise<AmqpConnection>, spec: ConsumerSpec): Promise<Finding[]> {
  let connection: AmqpConnection | undefined;
  try {
    connection = await open(spec.durable?.clientId as string);
    await (await resumeUnchanged(connection, spec, NO_EVENTS))?.close();
    return [];
  } catch (error) {
    const { code, message, remedy = '', retriable } = toConnectError(error);
    if (!retriable) return [{ level: 'error', code, option: spec.option, message, remedy }];
    // It may be read just now, by a run of this connector or by its owner. Each run looks again before it reads.
    return [{ level: 'warning', code, option: spec.option, message: `${spec.source} can't be looked at now: ${message}`, remedy }];
  } finally {
    await connection?.close();
  }
}

/** A hash of each subscription's options as they were planned, by client id and name. A selector may hold private data, so it is not kept. */
type Memory = Readonly<Record<string, string>>;

/** Options that a plan leaves for the next plan. Tasks do not read them. */
interface PlannedOptions {
  readonly subscriptions?: Memory;
}

/**
 * Options of the first task that remember how each subscription was made, also those that a plan left out since: Classic can't be
 * asked for it. Throws CONFIG_INVALID where one would be resumed with another selector or topic.
 */
export function rememberSubscriptions(specs: readonly ConsumerSpec[], previous: readonly TaskConfig[]): PlannedOptions | undefined {
  const memory: Record<string, string> = {};
  for (const { options } of previous) Object.assign(memory, (options as PlannedOptions | undefined)?.subscriptions);
  for (const { durable, source, address, selector } of specs) {
    if (durable === undefined) continue;
    const name = JSON.stringify([durable.clientId, durable.name]);
    const made = createHash('sha256')
      .update(JSON.stringify([address, selector ?? null]))
      .digest('hex')
      .slice(0, 16);
    if (memory[name] !== undefined && memory[name] !== made) throw otherSubscription(`${source} was made with another selector or topic`);
    memory[name] = made;
  }
  return Object.keys(memory).length === 0 ? undefined : { subscriptions: memory };
}
