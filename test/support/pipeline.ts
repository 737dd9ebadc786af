import { KafkaTopics } from '../../infra/local/kafka-topics.ts';
import type { StackAddresses } from '../../infra/local/stack.ts';
import type { ConnectorSpec } from '../../src/config/connector-spec.ts';
import { kafkaSource } from '../../src/connectors/kafka/index.ts';
import { createTable } from '../../src/store/dynamodb/create-table.ts';
import { createDynamodbStore } from '../../src/store/dynamodb/dynamodb-store.ts';
import { specId } from '../../src/store/spec-id.ts';
import type { ConnectStore, PlannedTask } from '../../src/store/store.ts';
import { uniqueName } from './names.ts';
import { connectorSpec } from './specs.ts';

/** A store on a table of its own. A `TimeLapse` counts for it. */
export async function openTestStore({ dynamodb }: StackAddresses): Promise<{ store: ConnectStore; table: string }> {
  const table = uniqueName('test');
  await createTable({ table, endpoint: dynamodb });
  return { store: createDynamodbStore({ table, endpoint: dynamodb, now: () => Date.now() }), table };
}

/** A new Kafka topic with `perPartition` small records in each partition, from offset 0. */
export async function fillTopic({ kafka }: StackAddresses, topic: string, partitions: number, perPartition: number): Promise<void> {
  const topics = new KafkaTopics(kafka);
  try {
    await topics.create(topic, partitions);
    await appendTo(topics, topic, partitions, perPartition);
  } finally {
    await topics.close();
  }
}

export async function appendTo(topics: KafkaTopics, topic: string, partitions: number, perPartition: number): Promise<void> {
  const messages = Array.from({ length: partitions * perPartition }, (_, index) => {
    const partition = index % partitions;
    return { partition, key: Buffer.from(`key-${index}`), value: Buffer.from(`value ${index} of partition ${partition}`) };
  });
  await topics.produce(topic, messages);
}

/** A spec that copies Kafka's `source` to RocketMQ's `target` on the stack. */
export function kafkaToRocketmq(
  addresses: StackAddresses,
  name: string,
  source: string,
  target: string,
  overrides: Partial<ConnectorSpec> = {},
): ConnectorSpec {
  const system = kafkaSource.config.parse({ bootstrapServers: addresses.kafka, topics: [source] }) as ConnectorSpec['system'];
  // Long, because a request that is only late on a busy machine is sent again: a repeat that tests of repeats must not see.
  const rocketmq = { ...connectorSpec().rocketmq, endpoints: addresses.rocketmqNamesrv, topic: target, requestTimeoutMs: 20_000 };
  return connectorSpec({ name, system, rocketmq, ...overrides });
}

/** Puts a split in force without a planner. */
export async function plan(store: ConnectStore, spec: ConnectorSpec, split: ReadonlyArray<readonly string[]>): Promise<void> {
  const until = Date.now() + 60_000;
  const generation = await store.beginPlan(spec.name, spec);
  for (const [task, partitions] of split.entries()) {
    const planned: PlannedTask = { taskClass: 'KafkaSourceTask', taskConfig: { partitions }, spec: specId(spec) };
    await store.stage({ connector: spec.name, task }, { generation, remove: false, planned, positions: new Map() }, until);
  }
  await store.flip(spec.name, { generation, spec, tasks: split.length, until });
  for (const task of split.keys()) await store.promote({ connector: spec.name, task }, generation);
}
