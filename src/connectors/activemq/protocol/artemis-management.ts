import type { EventContext, Message } from 'rhea';
import { silence } from '../../../kit/index.ts';
import type { AmqpConnection } from './amqp-connection.ts';

const ADDRESS = 'activemq.management';
/** How long the broker may be silent: whoever may not ask gets no answer. */
const SILENCE_MS = 2_000;

/**
 * Those of these queues of which an attribute is true, as Artemis's management names it. None where this user may not ask, or a
 * queue is not there.
 */
export async function queuesWith({ connection }: AmqpConnection, attribute: string, queues: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  if (queues.length === 0) return found;
  const session = connection.create_session();
  session.on('session_error', () => {});
  session.begin();
  const { promise, resolve } = Promise.withResolvers<void>();
  const receiver = session.open_receiver({ source: { address: '', dynamic: true } });
  const sender = session.open_sender({ target: { address: ADDRESS } });
  for (const event of ['receiver_error', 'receiver_close']) receiver.on(event, () => resolve());
  for (const event of ['sender_error', 'sender_close', 'rejected']) sender.on(event, () => resolve());
  let asked = 0;
  let answered = 0;
  const heard = silence(SILENCE_MS, () => answered, resolve);
  const ask = () => {
    const replyTo = receiver.source?.address;
    if (typeof replyTo !== 'string') return;
    for (; asked < queues.length && sender.sendable(); asked += 1) sender.send(question(queues[asked] as string, attribute, replyTo));
  };
  receiver.once('receiver_open', ask);
  sender.on('sendable', ask);
  receiver.on('message', ({ message }: EventContext) => {
    const { correlation_id, body, application_properties } = message as Message;
    if (application_properties?._AMQ_OperationSucceeded === true && JSON.parse(String(body))[0] === true) found.add(String(correlation_id));
    answered += 1;
    if (answered === queues.length) resolve();
  });
  await promise;
  heard();
  session.close();
  return found;
}

const question = (queue: string, attribute: string, replyTo: string): Message => ({
  reply_to: replyTo,
  correlation_id: queue,
  application_properties: { _AMQ_ResourceName: `queue.${queue}`, _AMQ_Attribute: attribute },
  body: '[]',
});
