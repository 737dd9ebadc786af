import { setTimeout as sleep } from 'node:timers/promises';
import type { RabbitmqConnection } from './connection.ts';
import { channelError } from './errors.ts';

const STEP_MS = 5;
const LIMIT_MS = 750;
const QUESTIONS = 5;

export interface QueueCounts {
  /** Messages that no consumer has. */
  readonly messageCount: number;
  /** Those of others, too. A cancelled one counts while it has messages. */
  readonly consumerCount: number;
}

/** On a channel of its own, which a queue that is not there closes. Throws ConnectError. */
export async function countQueue(connection: RabbitmqConnection, queue: string): Promise<QueueCounts> {
  try {
    const channel = await connection.openChannel();
    const counts = await connection.answered(() => channel.checkQueue(queue));
    await connection.answered(() => channel.close());
    return counts;
  } catch (error) {
    throw channelError(error, `queue ${queue}`);
  }
}

/**
 * Returns when a queue has taken the acknowledgements of a consumer. A quorum queue takes them as they fit in: it may take a closed
 * channel's messages back before it sees that they were acknowledged, and gives them out again. `others`: how many consumers are left
 * then; undefined where the consumer still has messages, and only a few questions make it likely. At most 750 ms.
 */
export async function acknowledgementsProcessed(connection: RabbitmqConnection, queue: string, others?: number): Promise<void> {
  const until = Date.now() + LIMIT_MS;
  for (let asked = 0; Date.now() < until; asked += 1) {
    const { consumerCount } = await countQueue(connection, queue);
    if (others === undefined ? asked === QUESTIONS : consumerCount <= others) return;
    await sleep(STEP_MS);
  }
}
