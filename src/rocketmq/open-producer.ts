import { fullTopic } from './full-topic.ts';
import { remotingClient } from './remoting-client.ts';
import { RemotingProducer } from './remoting-producer.ts';
import { inspectTopic } from './topic-inspection.ts';
import type { OpenProducer } from './types.ts';

/** Connects and checks the topic; see `OpenProducer`. */
export const openProducer: OpenProducer = async (config, logger) => {
  const client = remotingClient(config);
  try {
    const { route, kind, isChecked } = await inspectTopic(client, config);
    const sending = kind === undefined ? undefined : (await import('./special-sending.ts')).specialSending(kind, isChecked);
    return new RemotingProducer(client, config, fullTopic(config), route, logger, sending);
  } catch (error) {
    client.close();
    throw error;
  }
};
