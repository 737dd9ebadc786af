import { once } from 'node:events';
import rhea, { type EventContext, type Message } from 'rhea';
import { ActivemqBroker } from '../../infra/local/activemq-broker.ts';
import { ArtemisQueues } from '../integration/activemq/artemis-queues.ts';

/** Takes what waits in a queue of either broker, in its order. Classic would show a browser 400 messages, and no more than its memory holds. */
export async function takeMessages(url: string, queue: string): Promise<Message[]> {
  const { hostname, port } = new URL(url);
  const connection = rhea.create_container().connect({ host: hostname, port: Number(port), username: 'anonymous', reconnect: false });
  await once(connection, 'connection_open');
  const address = `${connection.properties?.['queue-prefix'] ?? ''}${queue}`;
  const source = { address, capabilities: ['queue'] };
  const receiver = connection.open_receiver({ source: source as never, credit_window: 0 });
  await once(receiver, 'receiver_open');
  // Neither broker counts a queue that is not there.
  const isArtemis = connection.properties?.product === 'apache-activemq-artemis';
  const count = await (isArtemis ? countOfArtemis(url, queue) : countOfClassic(url, queue));
  const found: Message[] = [];
  await new Promise<void>((resolve, reject) => {
    receiver.on('receiver_error', () => reject(receiver.error));
    receiver.on('message', ({ message }: EventContext) => {
      found.push(message as Message);
      if (found.length === count) resolve();
    });
    if (count === 0) resolve();
    else receiver.add_credit(count);
  });
  const closed = once(connection, 'connection_close');
  connection.close();
  await closed;
  return found;
}

async function countOfClassic(url: string, queue: string): Promise<number> {
  const broker = await ActivemqBroker.open(url);
  const count = await broker.pending(queue);
  await broker.close();
  return count;
}

async function countOfArtemis(url: string, queue: string): Promise<number> {
  await using queues = await ArtemisQueues.open(url);
  return await queues.count(queue);
}
