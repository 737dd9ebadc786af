import { ConnectError, checkWithin, errorFinding, type Finding, untilAborted } from '../../api/index.ts';
import type { RabbitmqSourceConfig } from './config.ts';
import type { RabbitmqConnection } from './connection.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { channelError } from './errors.ts';
import { countQueue } from './queue-counts.ts';
import { notAStream } from './stream-offsets.ts';

const FRAME = {
  server: 'RabbitMQ node',
  reach: 'check source.urls, that the nodes run, and that this network may reach them',
  option: 'source.urls',
  optionOf: { AUTH_FAILED: 'source.username', TLS_FAILED: 'source.tls', NOT_FOUND: 'source.vhost' },
} as const;

/** Looks at a server as the tasks will: address, encryption, credentials, virtual host, and each queue. Takes no message. */
export function checkRabbitmq(pool: ConnectionPool, config: RabbitmqSourceConfig, signal: AbortSignal): Promise<Finding[]> {
  return checkWithin({ ...FRAME, signal }, async (limit) => {
    const connection = await pool.lend(limit);
    try {
      return await untilAborted(checkQueues(connection, config), limit);
    } finally {
      pool.giveBack(connection);
    }
  });
}

async function checkQueues(connection: RabbitmqConnection, { queues = [], streams = [] }: RabbitmqSourceConfig): Promise<Finding[]> {
  const findings: Finding[] = [];
  const kinds = [
    ['source.queues', queues, false],
    ['source.streams', streams, true],
  ] as const;
  for (const [option, names, isStream] of kinds) {
    for (const name of names) {
      const problem = await problemOf(connection, name, isStream);
      if (problem !== undefined) findings.push(errorFinding(option, problem));
    }
  }
  return findings;
}

async function problemOf(connection: RabbitmqConnection, queue: string, isStream: boolean): Promise<ConnectError | undefined> {
  const subject = `${isStream ? 'stream' : 'queue'} ${queue}`;
  try {
    const { consumerCount: consumers } = await countQueue(connection, queue);
    const refusal = await refusalOf(connection, queue);
    if (refusal.code !== PRECONDITION_FAILED) return channelError(refusal, subject);
    if (isStream && /expected integer/.test(refusal.message)) return notAStream(queue);
    if (!isStream && /rabbit_stream_queue/.test(refusal.message)) return aStream(queue);
    if (!isStream && consumers > 0) await joinConsumers(connection, queue);
    return undefined;
  } catch (error) {
    const problem = channelError(error, subject);
    if (connection.failure !== undefined) throw problem;
    return problem;
  }
}

const PRECONDITION_FAILED = 406;
/** A priority is a number. */
const WRONG_ARGUMENTS = { 'x-priority': 'none' };
/** Served after all others. */
const LOWEST_PRIORITY = { 'x-priority': -0x7fff_ffff };

/** A consumer that the server has to refuse for its arguments, after it looked at permissions: nothing is taken from the queue. */
async function refusalOf(connection: RabbitmqConnection, queue: string): Promise<{ readonly code?: number; readonly message: string }> {
  const channel = await connection.openChannel();
  try {
    await connection.answered(() => channel.consume(queue, () => {}, { arguments: WRONG_ARGUMENTS }));
  } catch (error) {
    return error as { code?: number; message: string };
  }
  // A server that took it gives everything back.
  await connection.answered(() => channel.close());
  return { code: PRECONDITION_FAILED, message: '' };
}

/** Throws where one of the queue's consumers shuts out all others. */
async function joinConsumers(connection: RabbitmqConnection, queue: string): Promise<void> {
  const channel = await connection.openChannel();
  await connection.answered(async () => {
    await channel.prefetch(1);
    await channel.consume(queue, () => {}, { arguments: LOWEST_PRIORITY });
  });
  await connection.answered(() => channel.close());
}

const aStream = (queue: string): ConnectError =>
  new ConnectError('WRONG_KIND', `${queue} is a stream`, { remedy: 'name it in source.streams, not in source.queues' });
