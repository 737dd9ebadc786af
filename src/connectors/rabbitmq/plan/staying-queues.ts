import type { Channel } from 'amqplib';
import { ConnectError } from '../../../api/index.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import { askEach } from '../protocol/queue-counts.ts';

/** No queue can have it, so that the request makes no queue where there is none. */
const IMPOSSIBLE = { 'x-expires': -1 };
const IS_NOT_DURABLE = /inequivalent arg 'durable'/;
const STAYS = /inequivalent arg 'auto_delete'.*current is 'false'/s;

/**
 * Those of `queues` that stay when their last consumer leaves. AMQP has no question for that, but a server that is asked to declare a
 * queue in another way than it is says what differs; it changes nothing, and writes an error to its log. Only a user with the
 * permission `configure` gets that answer. Throws ConnectError where the connection is lost.
 */
export async function stayingQueues(
  connection: RabbitmqConnection,
  queues: readonly string[],
  progress?: () => void,
): Promise<ReadonlySet<string>> {
  const refusals = await askEach(connection, queues, (channel, queue) => refusal(channel, queue, true), progress);
  const transient = queues.filter((queue) => saysOf(refusals.get(queue), IS_NOT_DURABLE));
  const more = await askEach(connection, transient, (channel, queue) => refusal(channel, queue, false), progress);
  return new Set(queues.filter((queue) => saysOf(more.get(queue) ?? refusals.get(queue), STAYS)));
}

async function refusal(channel: Channel, queue: string, durable: boolean): Promise<void> {
  await channel.assertQueue(queue, { durable, autoDelete: true, arguments: IMPOSSIBLE });
}

const saysOf = (answer: unknown, words: RegExp): boolean =>
  answer instanceof ConnectError && words.test((answer.cause as Error | undefined)?.message ?? answer.message);
