import { ConnectError } from '../api/index.ts';
import { AnswerError, type Asked } from './answer-errors.ts';
import { READER_GROUP } from './pull-request.ts';
import type { QueueAccess } from './queue-access.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode, responseCode } from './remoting/codes.ts';
import type { MessageFilter, QueueBounds } from './types.ts';

/** A filter of one topic at one broker. */
export interface FilterOn extends Asked {
  readonly filter: MessageFilter | undefined;
  readonly timeoutMs: number;
}

export const optionOf = (filter: MessageFilter): string => ('sql' in filter ? 'rocketmq.filter' : 'rocketmq.tags');

/**
 * Asks a broker whether it can read an SQL92 expression: to a pull with one that it can't, it answers with all messages. Throws
 * CONFIG_INVALID where it can't. A proxy does not ask its brokers, and says yes: see `refuseAllTaking`.
 */
export async function checkFilter(client: RemotingClient, { address, topic, filter, timeoutMs }: FilterOn): Promise<void> {
  if (filter === undefined || !('sql' in filter)) return;
  const subscriptionData = { topic, subString: filter.sql, expressionType: 'SQL92', subVersion: 0 };
  const body = Buffer.from(JSON.stringify({ clientId: 'rocketmq-connect', group: READER_GROUP, namespace: '', subscriptionData }));
  const answer = await client.request(address, { code: requestCode.CHECK_CLIENT_CONFIG, fields: {}, body }, timeoutMs);
  if (answer.code === responseCode.SUCCESS) return;
  const refusal = new AnswerError(answer, { address, topic });
  if (refusal.code === 'CONFIG_INVALID') throw refusal;
}

/**
 * Makes sure that brokers filter by an SQL92 expression, as far as there are messages: of what they can't read they send all messages, also
 * together with what no message fulfils.
 */
export async function refuseAllTaking(
  queues: QueueAccess,
  bounds: ReadonlyMap<string, QueueBounds>,
  filter: MessageFilter | undefined,
): Promise<void> {
  if (filter === undefined || !('sql' in filter)) return;
  const [filled] = [...bounds].filter(([, { min, max }]) => max > min);
  if (filled === undefined) return;
  const [name, { min }] = filled;
  if (!(await queues.finds(name, min, { sql: `(${filter.sql}) AND FALSE` }))) return;
  throw new ConnectError('CONFIG_INVALID', "rocketmq.filter: RocketMQ can't read the expression, and would send all messages", {
    remedy: "write it in RocketMQ's SQL92, like region = 'EU' AND amount > 100",
  });
}
