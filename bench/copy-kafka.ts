import { type MessageType, RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../infra/local/stack.ts';
import type { RocketmqSpec } from '../src/config/rocketmq-sections.ts';
import { uniqueName } from '../test/support/names.ts';
import { kafkaToRocketmq, openTestStore, plan } from '../test/support/pipeline.ts';
import { TestRuntime } from '../test/support/runtime.ts';
import { type Pace, paceOf } from './pace.ts';
import { routedTopic } from './routed-topic.ts';
import { UNLIMITED } from './unlimited.ts';

export interface KafkaCopy {
  /** A topic of Kafka. */
  readonly source: string;
  readonly partitions: number;
  readonly records: number;
  /** Default 1. */
  readonly tasks?: number;
  /** What is different from the remoting protocol. */
  readonly rocketmq?: Partial<RocketmqSpec>;
  /** Of RocketMQ's topic. Default NORMAL. */
  readonly messageType?: MessageType;
}

/** Measures whole tasks (lease to release) that copy all records of a topic from Kafka to RocketMQ. */
export async function copyKafka(
  addresses: StackAddresses,
  { source, partitions, records, tasks = 1, rocketmq, messageType = 'NORMAL' }: KafkaCopy,
): Promise<Pace> {
  const runtime = new TestRuntime((await openTestStore(addresses)).store);
  const admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
  const name = uniqueName('bench');
  await routedTopic(admin, addresses, name, { queues: partitions, messageType });
  const split = Array.from({ length: tasks }, (_, task) =>
    Array.from({ length: partitions / tasks }, (_, index) => `${source}-${task + index * tasks}`),
  );
  const spec = kafkaToRocketmq(addresses, name, source, name, { batch: UNLIMITED });
  await plan(runtime.store, { ...spec, rocketmq: { ...spec.rocketmq, ...rocketmq } }, split);
  const pace = await paceOf(async () => {
    const outcomes = await Promise.all(split.map((_, task) => runtime.run({ connector: name, task }, 600_000)));
    return outcomes.reduce((sum, { summary }) => sum + (summary?.records ?? 0), 0);
  }, records);
  await runtime.close();
  await admin.deleteTopic(name);
  admin.close();
  return pace;
}
