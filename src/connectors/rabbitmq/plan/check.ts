import type { Channel } from 'amqplib';
import { ConnectError, type ConnectorContext, type Finding, toConnectError } from '../../../api/index.ts';
import { checkWithin, errorFinding, untilAborted } from '../../../kit/index.ts';
import type { RabbitmqSourceConfig } from '../config/config.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import type { ConnectionPool, Lender } from '../protocol/connection-pool.ts';
import { aStream, channelError, connectionFrame, notAStream } from '../protocol/errors.ts';
import { askEach, countQueues, type QueueCounts } from '../protocol/queue-counts.ts';
import { levelOfMissing, lifetimeFindings, type Selection, select } from './selection.ts';

/** From this version on the server knows nothing of consumers that get no message. */
const WITHOUT_CREDIT = 4;
/** A consumer that is sent nothing. */
const NO_CREDIT = { 'x-credit': { credit: { '!': 'int64', value: 0 }, drain: false } };

/**
 * Looks at a server as the tasks will: address, encryption, credentials, virtual host, and each queue. Takes no message, and asks for nothing
 * that a right configuration makes the server write an error about.
 */
export function checkRabbitmq(
  pool: ConnectionPool,
  config: RabbitmqSourceConfig,
  { signal, schedule }: Pick<ConnectorContext, 'signal' | 'schedule'>,
): Promise<Finding[]> {
  return checkWithin({ ...connectionFrame('source'), signal }, async (limit, progress) => {
    const connection = await pool.lend(limit);
    progress();
    try {
      const selection = await selectionOf(config, limit, progress);
      if ('level' in selection) return [selection];
      const found = await untilAborted(checkSelection(connection, pool, config, selection, progress, limit), limit);
      return [...selection.findings, ...found, ...lifetimeFindings(config, selection.queues, selection.facts, schedule)];
    } finally {
      pool.giveBack(connection);
    }
  });
}

async function selectionOf(config: RabbitmqSourceConfig, limit: AbortSignal, progress: () => void): Promise<Selection | Finding> {
  try {
    return await select(config, limit, progress);
  } catch (error) {
    if (limit.aborted) throw error;
    return errorFinding('source.managementUrl', toConnectError(error));
  }
}

async function checkSelection(
  connection: RabbitmqConnection,
  pool: ConnectionPool,
  config: RabbitmqSourceConfig,
  { queues, streams, facts }: Selection,
  progress: () => void,
  limit: AbortSignal,
): Promise<Finding[]> {
  const counts = await countQueues(connection, [...queues, ...streams], progress);
  const there = (names: readonly string[]) => names.filter((name) => !(counts.get(name) instanceof ConnectError));
  const consumersOf = (queue: string) => (counts.get(queue) as QueueCounts).consumerCount;
  // The end of a last consumer would delete some queues, here, too.
  const stays = (queue: string) =>
    facts === undefined ? config.readBy === 'consumer' || consumersOf(queue) > 0 : facts.get(queue)?.auto_delete === false;
  const canJoin = (queue: string) => connection.serverVersion < WITHOUT_CREDIT && stays(queue);
  const isStream = (queue: string) => facts?.get(queue)?.type === 'stream';
  const toRead = there(queues).filter((queue) => !isStream(queue));
  const empty = (queue: string) => (counts.get(queue) as QueueCounts).messageCount === 0;
  const joined = await askEach(connection, toRead.filter(canJoin), join, progress);
  const asked = toRead.filter((queue) => !canJoin(queue) && empty(queue));
  const tried = await askEmptyQueues(pool.lender(limit), asked, progress);
  const opened = await askEach(connection, there(streams), openStream, progress);
  const problems = (names: readonly string[], option: string) =>
    names.flatMap((name) => {
      const results = [counts.get(name), joined.get(name), opened.get(name), tried.get(name)];
      const problem =
        isStream(name) && option === 'source.queues' ? aStream(name, 'source') : results.find((result) => result instanceof ConnectError);
      if (problem === undefined) return [];
      const level = problem.code === 'NOT_FOUND' ? levelOfMissing(config) : 'error';
      return [{ ...errorFinding(option, problem as ConnectError), level }];
    });
  return [...problems(queues, 'source.queues'), ...problems(streams, 'source.streams')];
}

/** A consumer that the server sends nothing: it looks at permissions, and at consumers that shut out others. */
async function join(channel: Channel, queue: string): Promise<void> {
  try {
    const { consumerTag } = await channel.consume(queue, () => {}, { arguments: NO_CREDIT });
    await channel.cancel(consumerTag);
  } catch (error) {
    // A stream asks for a limit first.
    throw /prefetch count is not set/.test((error as Error).message)
      ? aStream(queue, 'source')
      : channelError(error, `queue ${queue}`, 'source');
  }
}

/** A stream's next message, which does not come while it is asked for. */
async function openStream(channel: Channel, stream: string): Promise<void> {
  try {
    await channel.prefetch(1);
    const { consumerTag } = await channel.consume(stream, () => {}, { arguments: { 'x-stream-offset': 'next' } });
    await channel.cancel(consumerTag);
  } catch (error) {
    const problem = channelError(error, `stream ${stream}`, 'source');
    throw problem.code === 'WRONG_KIND' ? notAStream(stream, 'source') : problem;
  }
}

/** Questions at once, each on a connection of its own: a stream among the queues ends the connection on which it is asked. */
const CONNECTIONS = 8;

/**
 * Asks empty queues for a message, which looks at permissions, by at most eight connections. The result is why a queue can't be read; it
 * has no entry for those that can. Throws where no connection can be had any more.
 */
export async function askEmptyQueues(
  { lend, giveBack }: Lender,
  queues: readonly string[],
  progress: () => void = () => {},
): Promise<Map<string, ConnectError>> {
  const problems = new Map<string, ConnectError>();
  const left = [...queues];
  const ask = async () => {
    let connection: RabbitmqConnection | undefined;
    try {
      while (left.length > 0) {
        if (connection?.failure !== undefined) connection = undefined;
        connection ??= await lend();
        const queue = left.pop();
        if (queue === undefined) break;
        const problem = await askEmpty(connection, queue);
        if (problem !== undefined) problems.set(queue, problem);
        progress();
      }
    } finally {
      if (connection !== undefined) giveBack(connection);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(CONNECTIONS, queues.length) }, ask));
  // Where the server allows fewer connections, those ask all.
  const failed = ended.find((result) => result.status === 'rejected');
  if (left.length > 0 && failed !== undefined) throw toConnectError(failed.reason);
  return problems;
}

async function askEmpty(connection: RabbitmqConnection, queue: string): Promise<ConnectError | undefined> {
  try {
    const channel = await connection.openChannel();
    const message = await connection.answered(() => channel.get(queue));
    if (message !== false) channel.nack(message);
    await connection.answered(() => channel.close());
    return undefined;
  } catch (error) {
    const problem = channelError(error, `queue ${queue}`, connection.section);
    return problem.code === 'WRONG_KIND' ? aStream(queue, connection.section) : problem;
  }
}
