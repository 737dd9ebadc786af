import { type SourceRecord, silentLogger } from '../src/api/index.ts';
import { openProducer } from '../src/rocketmq/open-producer.ts';
import { recordToMessage } from '../src/rocketmq/record-mapping.ts';

/** The queues that `fillTopic` fills. */
export const QUEUES = 8;

/** Sends records to a topic as a source does, and deals them to its queues in turn. */
export async function fillTopic(
  namesrv: string,
  topic: string,
  { records, perSend }: { readonly records: number; readonly perSend: number },
  record: (index: number) => Pick<SourceRecord, 'key' | 'value' | 'headers'>,
): Promise<void> {
  const config = { endpoints: namesrv, topic, namespace: '', tls: false, requestTimeoutMs: 20_000 };
  const producer = await openProducer(config, silentLogger);
  const message = (index: number, queue: number) =>
    recordToMessage('bench', {
      ...record(index),
      partition: `orders-${queue}`,
      id: String(index),
      position: '',
      timestamp: 1_700_000_000_000,
    });
  try {
    const send = async (queue: number): Promise<void> => {
      for (let from = queue; from < records; from += QUEUES * perSend) {
        const indexes = Array.from({ length: perSend }, (_, step) => from + step * QUEUES).filter((index) => index < records);
        const messages = indexes.map((index) => message(index, queue));
        await producer.send(queue, messages, Date.now() + 60_000);
      }
    };
    await Promise.all(Array.from({ length: QUEUES }, (_, queue) => send(queue)));
  } finally {
    await producer.close();
  }
}
