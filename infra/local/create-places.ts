import type { StackOptions } from './install/settings.ts';
import { StackError } from './install/stack-error.ts';
import { RocketmqAdmin } from './rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from './servers/server.ts';
import { stackStatus } from './stack-status.ts';

const KAFKA_PARTITIONS = 8;

/** Tells of each name once it is there. */
type OnDone = (name: string) => void;

/** Makes topics in RocketMQ, because connectors need existing topics, and RocketMQ's own tool for that is not part of the stack. */
export const createTopics = (names: readonly string[], options: StackOptions, onDone: OnDone): Promise<void> =>
  onRocketmq(names, options, onDone, (admin, name) => admin.createTopic(name));

/** Makes consumer groups in RocketMQ, because its proxies let no client in whose group does not exist. */
export const createGroups = (names: readonly string[], options: StackOptions, onDone: OnDone): Promise<void> =>
  onRocketmq(names, options, onDone, (admin, name) => admin.createGroup(name));

/** Makes topics in Kafka. Those that exist stay as they are. */
export async function createKafkaTopics(names: readonly string[], options: StackOptions, onDone: OnDone): Promise<void> {
  const bootstrap = await addressOf('kafka', 'Kafka', 'kafka', options);
  const { KafkaTopics } = await import('./kafka-topics.ts');
  const kafka = new KafkaTopics(bootstrap);
  try {
    for (const name of names) {
      if ((await kafka.endOffsets(name)) === undefined) await kafka.create(name, KAFKA_PARTITIONS);
      onDone(name);
    }
  } finally {
    await kafka.close();
  }
}

async function onRocketmq(
  names: readonly string[],
  options: StackOptions,
  onDone: OnDone,
  create: (admin: RocketmqAdmin, name: string) => Promise<void>,
): Promise<void> {
  const admin = await RocketmqAdmin.open(await addressOf('rocketmq', 'RocketMQ', 'rocketmqNamesrv', options));
  try {
    for (const name of names) {
      await create(admin, name);
      onDone(name);
    }
  } finally {
    admin.close();
  }
}

async function addressOf(
  server: string,
  title: string,
  address: 'kafka' | 'rocketmqNamesrv',
  options: StackOptions,
): Promise<StackAddresses[typeof address]> {
  const [status] = await stackStatus({ ...options, servers: [server] });
  const found = status?.addresses[address];
  if (found === undefined || status?.state === 'stopped')
    throw new StackError(`${title} is not running`, `start it with npm run stack -- start ${server}`);
  return found;
}
