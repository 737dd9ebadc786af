import { type ConnectError, toConnectError } from '../../../api/index.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import type { Lender } from '../protocol/connection-pool.ts';
import { aStream, channelError } from '../protocol/errors.ts';

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
