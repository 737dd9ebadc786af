import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from 'amqplib';
import { ConnectError } from '../../../api/index.ts';
import type { RabbitmqConnection } from './connection.ts';
import { channelError } from './errors.ts';

const STEP_MS = 5;
const LIMIT_MS = 750;
const QUESTIONS = 5;
/** Questions at once, each on a channel of its own: a queue that is not there closes the channel on which it is asked for. */
const CHANNELS = 16;
const LATE_ZERO_MS = 200;
const LATE_TRIES = 5;

export interface QueueCounts {
  /** Messages that no consumer has. */
  readonly messageCount: number;
  /** Those of others, too. A cancelled one counts while it has messages. */
  readonly consumerCount: number;
}

/** Asks `question` on a channel for each of `names`, many at once. A refusal is the result of its name. Throws where the connection is lost. */
export async function askEach<T>(
  connection: RabbitmqConnection,
  names: readonly string[],
  question: (channel: Channel, name: string) => Promise<T>,
  progress: () => void = () => {},
): Promise<Map<string, T | ConnectError>> {
  const answers = new Map<string, T | ConnectError>();
  const left = names.values();
  const ask = async () => {
    let channel: Channel | undefined;
    for (const name of left) {
      try {
        const open: Channel = channel ?? (await connection.openChannel());
        channel = open;
        answers.set(name, await connection.answered(() => question(open, name)));
      } catch (error) {
        // The refusal closed it.
        channel = undefined;
        if (connection.failure !== undefined) throw connection.failure;
        answers.set(name, channelError(error, name, connection.section));
      }
      progress();
    }
    const last = channel;
    if (last !== undefined) await connection.answered(() => last.close());
  };
  await Promise.all(Array.from({ length: Math.min(CHANNELS, names.length) }, ask));
  return answers;
}

/** Of each queue, or why it can't be counted. */
export const countQueues = (connection: RabbitmqConnection, queues: readonly string[], progress?: () => void) =>
  askEach<QueueCounts>(
    connection,
    queues,
    (channel, queue) =>
      believedCount(channel, queue).catch((error) => Promise.reject(channelError(error, `queue ${queue}`, connection.section))),
    progress,
  );

/** A quorum queue that does not answer the server in 250 ms is said to hold nothing. */
async function believedCount(channel: Channel, queue: string): Promise<QueueCounts> {
  for (let tries = 1; ; tries += 1) {
    const asked = Date.now();
    const counts = await channel.checkQueue(queue);
    const isAnswer = counts.messageCount > 0 || counts.consumerCount > 0 || Date.now() - asked < LATE_ZERO_MS;
    if (isAnswer || tries === LATE_TRIES) return counts;
  }
}

/** Throws ConnectError. */
export async function countQueue(connection: RabbitmqConnection, queue: string): Promise<QueueCounts> {
  const counts = (await countQueues(connection, [queue])).get(queue);
  if (counts === undefined || counts instanceof ConnectError) throw counts;
  return counts;
}

/**
 * Returns when a queue has taken the acknowledgements of a consumer. A quorum queue takes them as they fit in: it may take a closed
 * channel's messages back before it sees that they were acknowledged, and gives them out again. `others`: how many consumers are left
 * then; undefined where the consumer still has messages, and only a few questions make it likely. At most 750 ms.
 */
export async function acknowledgementsProcessed(connection: RabbitmqConnection, queue: string, others?: number): Promise<void> {
  // The end of a run has a fixed time: unlike a limit for silence, this one counts also while the process is busy.
  const until = Date.now() + LIMIT_MS;
  for (let asked = 0; Date.now() < until; asked += 1) {
    const { consumerCount } = await countQueue(connection, queue);
    if (others === undefined ? asked === QUESTIONS : consumerCount <= others) return;
    await sleep(STEP_MS);
  }
}
