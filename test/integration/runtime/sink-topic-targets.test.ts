import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { connectorTypes, taskClasses } from '../../../src/connectors/registry.ts';
import { uniqueName } from '../../support/names.ts';
import { LabSink, SinkLab } from '../../support/sink/sink-lab.ts';
import { stackAddresses } from '../../support/stack.ts';
import { KafkaSinkLab } from '../kafka/kafka-sink-lab.ts';
import { MysqlSinkLab } from '../mysql/mysql-sink-lab.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('topics of RocketMQ that each have a target of their own', () => {
  let lab: SinkLab;
  beforeAll(async () => {
    lab = await SinkLab.open();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  /** A connector of this type that reads both topics. */
  function sinkOf(type: string, system: object, topics: readonly string[]): LabSink {
    const sink = new LabSink(lab, topics[0] as string, { type }, { connectorTypes, taskClasses });
    const { topic: _, ...access } = sink.spec.rocketmq;
    sink.spec = { ...sink.spec, system: system as ConnectorSpec['system'], rocketmq: { ...access, topics } as ConnectorSpec['rocketmq'] };
    return sink;
  }

  it.each(['at-least-once', 'exactly-once'])('are Kafka topics of the same names, %s', async (delivery) => {
    await using kafka = new KafkaSinkLab(await stackAddresses());
    const topics = [await lab.topics.create({ queues: 2 }), await lab.topics.create({ queues: 2 })];
    const [a = '', b = ''] = topics;
    const sink = sinkOf('kafka-sink', kafka.sinkConfig({ topic: '{{topic}}', delivery }), topics);
    await kafka.admin.createTopics({ topics: [a], partitions: 2, replicas: 1 });
    await expect(sink.apply()).rejects.toMatchObject({ code: 'NOT_FOUND', message: `sink.topic: topic ${b} does not exist` });
    await kafka.admin.createTopics({ topics: [b], partitions: 2, replicas: 1 });
    for (const topic of topics)
      for (const queue of [0, 1]) await lab.fill(topic, queue, 30, (index) => ({ body: Buffer.from(`${topic} ${index}`) }));
    await sink.apply();
    expect(await sink.run({ deadlineMs: 120_000 })).toMatchObject({ outcome: 'caught-up', records: 120 });
    for (const topic of topics) {
      const values = (await kafka.texts(topic)).map(({ value }) => value);
      expect(values.sort()).toEqual([...numbers(30), ...numbers(30)].map((index) => `${topic} ${index}`).sort());
    }
    await kafka.admin.deleteTopics({ topics });
  });

  it('are tables of the same names', async () => {
    await using mysql = await MysqlSinkLab.open('mariadb');
    const topics = ['apples', 'pears'].map((name) => uniqueName(name).replaceAll('-', '_'));
    const [a = '', b = ''] = topics;
    for (const topic of topics) await lab.topics.admin.createTopic(topic, { queues: 1 });
    const sink = sinkOf('mysql-sink', mysql.config({ table: `${mysql.database}.{{topic}}` }), topics);
    await mysql.run(`CREATE TABLE ${a} (id INT PRIMARY KEY, name TEXT)`);
    await expect(sink.apply()).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining(b) });
    await mysql.run(`CREATE TABLE ${b} (id INT PRIMARY KEY, weight INT)`);
    await lab.fill(a, 0, 5, (id) => ({ body: Buffer.from(JSON.stringify({ id, name: `apple ${id}` })) }));
    await lab.fill(b, 0, 5, (id) => ({ body: Buffer.from(JSON.stringify({ id, weight: 10 * id })) }));
    await sink.apply();
    expect(await sink.run({ deadlineMs: 120_000 })).toMatchObject({ outcome: 'caught-up', records: 10 });
    expect(await mysql.table(a)).toEqual(numbers(5).map((id) => ({ id, name: `apple ${id}` })));
    expect(await mysql.table(b)).toEqual(numbers(5).map((id) => ({ id, weight: 10 * id })));
    for (const topic of topics) await lab.topics.admin.deleteTopic(topic);
  });
});
