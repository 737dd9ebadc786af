import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AclOperations, AclPermissionTypes, Consumer, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';
import { KafkaClient } from '../../../src/connectors/kafka/protocol/client.ts';
import { recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { runWorker } from '../../support/crash/run-worker.ts';
import { setAcls } from '../../support/kafka-acls.ts';
import { uniqueName } from '../../support/names.ts';
import { kafkaToRocketmq, openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { Topics } from '../rocketmq/topics.ts';
import { KafkaLab } from './kafka-lab.ts';

describe('positions that are committed to a group', () => {
  let lab: KafkaLab;
  let store: ConnectStore;
  let table: string;
  let runtime: TestRuntime;
  const groups: string[] = [];
  beforeAll(async () => {
    lab = await KafkaLab.open();
    ({ store, table } = await openTestStore(lab.addresses));
    runtime = new TestRuntime(store);
    await groupsAreKept();
  });
  afterAll(async () => {
    await runtime.close();
    await lab.admin.deleteGroups({ groups }).catch(() => undefined);
    await lab[Symbol.asyncDispose]();
  });

  /** The first group of all has the broker make a topic for them, for which a run that commits does not wait long. */
  async function groupsAreKept(): Promise<void> {
    const client = new KafkaClient(lab.config({ topics: ['any'] }), 'source');
    const { signal } = new AbortController();
    const isKept = () =>
      client.group(newGroup(), signal).then(
        () => true,
        () => false,
      );
    while (!(await isKept()));
    await client.close();
  }

  const newGroup = () => {
    const group = uniqueName('group');
    groups.push(group);
    return group;
  };

  /** What another client sees: committed offsets by partition, and what was noted beside them. */
  async function committed(group: string, topic: string) {
    const [found] = await lab.admin.listConsumerGroupOffsets({ groups: [group] });
    const partitions = found?.topics.find(({ name }) => name === topic)?.partitions ?? [];
    return Object.fromEntries(
      partitions.map(({ partitionIndex, committedOffset, metadata }) => [
        `${topic}-${partitionIndex}`,
        [String(committedOffset), metadata],
      ]),
    );
  }

  const stored = async (name: string) => Object.fromEntries((await store.listTasks(name)).flatMap(({ positions }) => [...positions]));

  /** Applied to a topic of two partitions with 20 records each; RocketMQ is not what this is about. */
  async function connector(group: string, source: Record<string, unknown> = {}) {
    const topic = await lab.topic(2, 40);
    const spec = kafkaToRocketmq(lab.addresses, uniqueName('commits'), topic, 'nowhere', { maxTasks: 1 });
    const applied = { ...spec, system: lab.config({ topics: [topic], commitGroup: group, ...source }) as typeof spec.system };
    const noTopic = { ...runtime.plannerDeps, checkTopic: async () => [] };
    const answer = await createPlanner(noTopic).handle({ action: 'apply', file: applied });
    if (!answer.ok) throw Object.assign(new Error(answer.error.message), answer.error);
    return { topic, name: spec.name };
  }

  const acknowledging = {
    recordToMessage,
    openProducer: async () => ({ queues: 1, problem: () => undefined, send: async () => {}, close: async () => {} }),
  };
  const run = (name: string) =>
    runTask(
      { connector: name, task: 0 },
      { ...runtime.taskDeps, loadRocketmq: async () => acknowledging },
      { deadline: Date.now() + 30_000, owner: 'test', signal: new AbortController().signal },
    );

  it('are where the next run goes on, and name the connector', async () => {
    const group = newGroup();
    const { topic, name } = await connector(group);
    expect((await run(name)).summary).toMatchObject({ outcome: 'caught-up', records: 40 });
    expect(await stored(name)).toEqual({ [`${topic}-0`]: '20', [`${topic}-1`]: '20' });
    expect(await committed(group, topic)).toEqual({ [`${topic}-0`]: ['20', name], [`${topic}-1`]: ['20', name] });
  });

  it('come again with a run that copies nothing, so that Kafka does not forget them', async () => {
    const group = newGroup();
    const { topic, name } = await connector(group);
    await run(name);
    await lab.admin.deleteGroups({ groups: [group] });
    expect((await run(name)).summary).toMatchObject({ records: 0, outcome: 'caught-up' });
    expect(await committed(group, topic)).toMatchObject({ [`${topic}-0`]: ['20', name], [`${topic}-1`]: ['20', name] });
  });

  it('are never ahead of what is stored where a worker dies between the two', async () => {
    const target = await Topics.open();
    try {
      const group = newGroup();
      const { topic, name } = await connector(group);
      const spec = kafkaToRocketmq(lab.addresses, name, topic, await target.create(), { maxTasks: 1 });
      await runtime.apply({ ...spec, system: lab.config({ topics: [topic], commitGroup: group }) as typeof spec.system });
      const work = { run: { connector: name, task: 0 } };
      const at = { method: 'store.checkpoint', when: 'after', nth: 1 } as const;
      expect(await runWorker({ table, dynamodb: lab.addresses.dynamodb, deadlineMs: 30_000, at, work })).toMatchObject({
        signal: 'SIGKILL',
      });
      expect(Object.keys(await stored(name))).not.toEqual([]);
      expect(await committed(group, topic)).toEqual({});
    } finally {
      await target[Symbol.asyncDispose]();
    }
  });

  it('are absent where no group is named', async () => {
    const task = await lab.task({ topics: [await lab.topic(1, 1)] });
    expect(task.stored).toBeUndefined();
    await task.stop();
  });

  it('do not begin anywhere else because of what the group says', async () => {
    const group = newGroup();
    const { topic, name } = await connector(group);
    await lab.admin.alterConsumerGroupOffsets({
      groupId: group,
      topics: [{ name: topic, partitionOffsets: [0, 1].map((partition) => ({ partition, offset: 15n })) }],
    });
    expect((await run(name)).summary).toMatchObject({ records: 40 });
    expect(await committed(group, topic)).toMatchObject({ [`${topic}-0`]: ['20', name] });
  });

  describe('of consumers', () => {
    /** A consumer that has joined, and keeps its place. */
    async function consumer(topic: string, groupId: string, groupProtocol: 'classic' | 'consumer'): Promise<Consumer> {
      const joined = new Consumer({ clientId: 'shop', groupId, bootstrapBrokers: [lab.addresses.kafka], groupProtocol } as never);
      const stream = await joined.consume({ topics: [topic], mode: 'earliest' as never, autocommit: false });
      stream.on('error', () => undefined);
      await joined.commit({ offsets: [{ topic, partition: 0, offset: 3n, leaderEpoch: 0 }] });
      await stream.close();
      return joined;
    }

    it.each(['classic', 'consumer'] as const)('(%s) are left alone, also when these are gone', async (protocol) => {
      const group = newGroup();
      const { topic, name } = await connector(group);
      const shop = await consumer(topic, group, protocol);
      const refused = { level: 'error', code: 'WRONG_STATE', option: 'source.commitGroup', message: expect.stringContaining(group) };
      const check = () => lab.connector({ topics: [topic], commitGroup: group }).check();
      const notices = [expect.stringContaining(`group ${group} is one of consumers`)];
      try {
        expect(await check()).toMatchObject([refused]);
        expect((await run(name)).summary).toMatchObject({ outcome: 'caught-up', records: 40, notices });
      } finally {
        await shop.close(true);
      }
      expect(await check()).toMatchObject([refused]);
      expect((await run(name)).summary).toMatchObject({ notices });
      expect(await committed(group, topic)).toMatchObject({ [`${topic}-0`]: ['3', expect.anything()] });
    });
  });

  it('of a topic that is deleted are left out by name and at once, and the others are committed', async () => {
    const group = newGroup();
    const topic = await lab.topic(1, 0);
    const client = new KafkaClient(lab.config({ topics: [topic] }), 'source');
    try {
      await client.topics([topic]);
      const offsets = new Map([
        [`${topic}-0`, 3],
        [`${topic}-gone-0`, 4],
      ]);
      const refused = await client.commit(group, offsets, 'orders', new AbortController().signal);
      expect([...refused]).toEqual([[`${topic}-gone-0`, expect.objectContaining({ code: 'NOT_FOUND' })]]);
      expect(refused.get(`${topic}-gone-0`)?.message).toContain(`partition ${topic}-gone-0 does not exist`);
      expect(await committed(group, topic)).toEqual({ [`${topic}-0`]: ['3', 'orders'] });
    } finally {
      await client.close();
    }
  });

  it('need the right to, which the check asks for, and do not end a run that lacks it', async () => {
    const group = newGroup();
    const user = {
      bootstrapServers: lab.addresses.kafkaSasl,
      sasl: { mechanism: 'PLAIN', username: lab.addresses.kafkaUsername, password: lab.addresses.kafkaPassword },
    };
    const { topic, name } = await connector(group, user);
    const check = () => lab.connector({ topics: [topic], commitGroup: group, ...user }).check();
    const acl = {
      resourceType: ResourceTypes.GROUP,
      resourceName: group,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: `User:${lab.addresses.kafkaUsername}`,
      host: '*',
      operation: AclOperations.READ,
      permissionType: AclPermissionTypes.DENY,
    };
    for (const operation of [AclOperations.READ, AclOperations.DESCRIBE]) {
      const takeBack = await setAcls(lab.admin, [{ ...acl, operation }]);
      try {
        const forbidden = { level: 'error', code: 'FORBIDDEN', option: 'source.commitGroup', remedy: expect.stringContaining('READ') };
        expect(await check()).toMatchObject([forbidden]);
        expect((await run(name)).summary).toMatchObject({ outcome: 'caught-up', notices: [expect.stringContaining('FORBIDDEN')] });
      } finally {
        await takeBack();
      }
    }
    expect(await committed(group, topic)).toEqual({});
  });
});
