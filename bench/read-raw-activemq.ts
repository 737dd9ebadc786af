import { once } from 'node:events';
import rhea, { type EventContext } from 'rhea';
import { ActivemqBroker } from '../infra/local/activemq-broker.ts';
import { type Pace, paceOf } from './pace.ts';
import type { QueueSystem } from './queue-throughput.ts';

/** More credit makes neither rhea nor the broker faster. */
const CREDIT = 1_000;

/** ActiveMQ Classic over AMQP 1.0. A queue that was read stays empty, because AMQP can't delete it. */
export const activemqSystem: QueueSystem = {
  name: 'activemq',
  async fill({ activemq }, queue, bytes, messages) {
    const broker = await ActivemqBroker.open(activemq);
    const body = rhea.message.data_section(Buffer.alloc(bytes, 'x'));
    const message = { body } as never;
    try {
      await broker.send({ name: queue }, new Array(messages).fill(message));
    } finally {
      await broker.close();
    }
  },
  readRaw: ({ activemq }, queue, messages) => readRaw(activemq, queue, messages),
  options: ({ activemq }, queue) => ({ url: activemq, queues: [queue] }),
  async remove() {},
};

/** Accepts each message as it comes. The last answer of the broker shows that it has processed all of them. */
async function readRaw(url: string, queue: string, messages: number): Promise<Pace> {
  const { hostname, port } = new URL(url);
  const connection = rhea.create_container().connect({ host: hostname, port: Number(port), username: 'anonymous', reconnect: false });
  await once(connection, 'connection_open');
  const receiver = connection.open_receiver({ source: { address: queue }, credit_window: CREDIT, autoaccept: false });
  const pace = await paceOf(async () => {
    let received = 0;
    await new Promise<void>((resolve) => {
      receiver.on('message', ({ delivery }: EventContext) => {
        delivery?.accept();
        received += 1;
        if (received === messages) resolve();
      });
    });
    const closed = once(receiver, 'receiver_close');
    receiver.close();
    await closed;
    return received;
  }, messages);
  connection.close();
  await once(connection, 'connection_close');
  return pace;
}
