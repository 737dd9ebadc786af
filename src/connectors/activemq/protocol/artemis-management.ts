import type { EventContext, Message } from 'rhea';
import { silence } from '../../../kit/index.ts';
import type { AmqpConnection } from './amqp-connection.ts';

const ADDRESS = 'activemq.management';

/** What Artemis's management says of some queues. */
export interface QueueAnswers {
  /** Queues of which the attribute is true. */
  readonly having: ReadonlySet<string>;
  /** Queues of which it has said nothing in time. */
  readonly unanswered: readonly string[];
}

/**
 * Asks Artemis's management which of these queues have an attribute, by its name there, that is true. A queue that does not exist has none.
 * The broker refuses a user who may not ask at once, and then no queue has it. The question ends when no answer comes for `connectTimeoutMs`.
 */
export async function queuesWith(own: AmqpConnection, attribute: string, queues: readonly string[]): Promise<QueueAnswers> {
  const having = new Set<string>();
  if (queues.length === 0) return { having, unanswered: [] };
  const { connection, connectTimeoutMs } = own;
  const session = connection.create_session();
  session.on('session_error', () => {});
  session.begin();
  const waiting = new Set(queues);
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const refused = () => resolve([]);
  const late = () => resolve([...waiting]);
  const heard = silence(connectTimeoutMs, () => waiting.size, late);
  const receiver = session.open_receiver({ source: { address: '', dynamic: true } });
  const sender = session.open_sender({ target: { address: ADDRESS } });
  for (const event of ['receiver_error', 'receiver_close']) receiver.on(event, refused);
  for (const event of ['sender_error', 'sender_close', 'rejected']) sender.on(event, refused);
  const forgetFailure = own.onFailure(late);
  let asked = 0;
  const ask = () => {
    const replyTo = receiver.source?.address;
    if (typeof replyTo !== 'string') return;
    for (; asked < queues.length && sender.sendable(); asked += 1) sender.send(question(queues[asked] as string, attribute, replyTo));
  };
  receiver.once('receiver_open', ask);
  sender.on('sendable', ask);
  receiver.on('message', ({ message }: EventContext) => {
    const { correlation_id, body, application_properties } = message as Message;
    if (application_properties?._AMQ_OperationSucceeded === true && JSON.parse(String(body))[0] === true)
      having.add(String(correlation_id));
    waiting.delete(String(correlation_id));
    if (waiting.size === 0) resolve([]);
  });
  const unanswered = await promise;
  heard();
  forgetFailure();
  session.close();
  return { having, unanswered };
}

const question = (queue: string, attribute: string, replyTo: string): Message => ({
  reply_to: replyTo,
  correlation_id: queue,
  application_properties: { _AMQ_ResourceName: `queue.${queue}`, _AMQ_Attribute: attribute },
  body: '[]',
});
