import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { createClient } from '../../../src/store/dynamodb/client.ts';
import { itemBytes } from '../../support/item-bytes.ts';
import { uniqueName } from '../../support/names.ts';
import { appendTo, fillTopic, kafkaToRocketmq, openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { stackAddresses } from '../../support/stack.ts';

const PARTITIONS = 4;
const KIB = 1_024;

describe('the item of a task with a few partitions', () => {
  let addresses: StackAddresses;
  let table: string;
  let runtime: TestRuntime;
  beforeAll(async () => {
    addresses = await stackAddresses();
    const opened = await openTestStore(addresses);
    table = opened.table;
    runtime = new TestRuntime(opened.store);
  });
  afterAll(() => runtime?.close());

  async function bytes(connector: string): Promise<number> {
    const client = createClient(addresses.dynamodb);
    const Key = { pk: { S: `connector#${connector}` }, sk: { S: 'task#00000' } };
    const { Item = {} } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
    client.destroy();
    return itemBytes(Item);
  }

  it('stays below 1 KiB with all that runs leave on it, so that each write of a run is one unit', async () => {
    // 32 characters: names of topics are rarely longer.
    const name = uniqueName('warehouse-orders');
    const admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
    await admin.createTopic(name, { queues: 4 });
    admin.close();
    await fillTopic(addresses, name, PARTITIONS, 5);
    const spec = kafkaToRocketmq(addresses, name, name, name);
    await runtime.apply({ ...spec, maxTasks: 1 });
    const topics = new KafkaTopics(addresses.kafka);
    for (const more of [0, 5, 0]) {
      if (more > 0) await appendTo(topics, name, PARTITIONS, more);
      await runtime.runToEnd(name);
      expect(await bytes(name)).toBeLessThan(KIB);
    }
    await topics.close();
    const idleBefore = (await runtime.store.listTasks(name))[0]?.counters;
    expect(idleBefore).toMatchObject({ records: 2 * 5 * PARTITIONS });
    await runtime.run({ connector: name, task: 0 });
    const [after] = await runtime.store.listTasks(name);
    expect({ after: after?.counters, lastRun: after?.lastRun }).toMatchObject({
      after: { writeUnits: (idleBefore?.writeUnits ?? 0) + 2, readUnits: idleBefore?.readUnits },
      lastRun: { dynamodbRequests: 2 },
    });
  });
});
