import rhea from 'rhea';
import { ActivemqBroker } from '../infra/local/activemq-broker.ts';
import { paceOf } from './pace.ts';
import type { SinkSystem } from './sink-throughput.ts';

export const activemqTarget: SinkSystem = {
  name: 'activemq',
  server: 'activemq',
  record: (_index, bytes) => ({ key: null, value: Buffer.alloc(bytes, 'x'), headers: [] }),
  // The first message makes the queue. AMQP can't remove it, but the stack of the bench goes as a whole.
  create: async () => {},
  /** Measures rhea alone, which sends durable messages and waits for their settlement. */
  async writeRaw({ activemq }, queue, bytes, records) {
    const broker = await ActivemqBroker.open(activemq);
    const body = rhea.message.data_section(Buffer.alloc(bytes, 'x'));
    try {
      return await paceOf(async () => {
        await broker.send(
          { name: queue },
          Array.from({ length: records }, () => ({ body })),
        );
        return records;
      });
    } finally {
      await broker.close();
    }
  },
  options: ({ activemq }, queue) => ({ url: activemq, destination: `queue://${queue}` }),
  remove: async () => {},
};
