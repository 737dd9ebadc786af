import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AclOperations, AclPermissionTypes, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';
import type { Finding } from '../../../src/api/index.ts';
import { negotiate } from '../../../src/connectors/kafka/protocol/api-versions.ts';
import { parseServers } from '../../../src/connectors/kafka/protocol/connection-options.ts';
import { Connections } from '../../../src/connectors/kafka/protocol/connections.ts';
import { encodeBatch, placeBatch } from '../../../src/connectors/kafka/protocol/produce/encode-batch.ts';
import { produce } from '../../../src/connectors/kafka/protocol/produce/produce-request.ts';
import { initProducerId } from '../../../src/connectors/kafka/protocol/produce/producers.ts';
import { setAcls } from '../../support/kafka-acls.ts';
import { queued } from '../../support/sink/batches.ts';
import { stackAddresses } from '../../support/stack.ts';
import { KafkaSinkLab, type SinkOptions } from './kafka-sink-lab.ts';

let lab: KafkaSinkLab;
let topic: string;
beforeAll(async () => {
  lab = new KafkaSinkLab(await stackAddresses());
  topic = await lab.topic(2);
});
afterAll(() => lab[Symbol.asyncDispose]());

async function check(options: SinkOptions, rocketmqTopic = topic): Promise<Finding[]> {
  const findings = await lab.sinkConnector(options, { topics: [rocketmqTopic] }).check();
  for (const { message, remedy } of findings) expect(`${message} ${remedy}`).not.toMatch(/\n|connect-secret/);
  return findings;
}

const sasl = (password = lab.addresses.kafkaPassword) => ({ mechanism: 'PLAIN', username: lab.addresses.kafkaUsername, password });

describe('a check of a sink', () => {
  it('finds nothing wrong with brokers and a topic that are there', async () => {
    expect(await check({})).toEqual([]);
    expect(await check({ topic })).toEqual([]);
  });

  it('says how to create a topic that is not there, or which is meant', async () => {
    expect(await check({ topic: 'no-such-topic' })).toEqual([
      {
        level: 'error',
        code: 'NOT_FOUND',
        option: 'sink.topic',
        message: 'topic no-such-topic does not exist',
        remedy: `create it: kafka-topics.sh --bootstrap-server ${lab.addresses.kafka} --create --topic no-such-topic --partitions 8, or correct sink.topic`,
      },
    ]);
    expect(await check({ topic: topic.slice(0, -1) })).toMatchObject([{ remedy: expect.stringContaining(`did you mean ${topic}?`) }]);
  });

  it('refuses names that Kafka has no topics of, and topics of its own', async () => {
    expect(await check({}, 'a%b')).toMatchObject([
      { code: 'CONFIG_INVALID', option: 'sink.topic', message: expect.stringContaining('"a%b"') },
    ]);
    await lab.admin.createTopics({ topics: ['__consumer_offsets'], partitions: 1, replicas: 1 }).catch(() => {});
    const own = await check({ topic: '__consumer_offsets' });
    expect(own).toMatchObject([{ option: 'sink.topic', message: expect.stringMatching(/can be written|does not exist/) }]);
  });

  it('names wrong credentials', async () => {
    expect(await check({ bootstrapServers: lab.addresses.kafkaSasl, sasl: sasl('wrong') })).toMatchObject([
      { code: 'AUTH_FAILED', option: 'sink.sasl', remedy: expect.stringContaining('sink.sasl') },
    ]);
  });

  it.each([
    [AclOperations.WRITE, /may not be written by this user/],
    [AclOperations.DESCRIBE, /does not exist|may not be written/],
  ])('names a right on the topic that is missing: %s', async (operation, message) => {
    const own = await lab.topic(1);
    const undo = await setAcls(lab.admin, [
      {
        resourceType: ResourceTypes.TOPIC,
        resourceName: own,
        resourcePatternType: ResourcePatternTypes.LITERAL,
        principal: `User:${lab.addresses.kafkaUsername}`,
        host: '*',
        operation,
        permissionType: AclPermissionTypes.DENY,
      },
    ]);
    const options = { bootstrapServers: lab.addresses.kafkaSasl, sasl: sasl(), topic: own };
    const found = await check(options);
    const failed = await lab
      .written(options, [
        {
          topic: 'orders',
          partition: 'orders:broker-a:0',
          offset: 0,
          key: null,
          value: Buffer.from('1'),
          headers: [],
          bornAt: 1,
          storedAt: 1,
        },
      ])
      .catch((error: unknown) => error);
    await undo();
    expect(found).toMatchObject([{ level: 'error', option: 'sink.topic', message: expect.stringMatching(message) }]);
    expect(failed).toMatchObject({ code: found[0]?.code, retriable: false });
  });

  it.each([
    {
      right: 'to write by transactional ids',
      acl: { resourceType: ResourceTypes.TRANSACTIONAL_ID, operation: AclOperations.WRITE },
      option: 'sink.sasl',
      remedy: (prefix: string) => `--operation Write --operation Describe --transactional-id '${prefix}' --resource-pattern-type prefixed`,
    },
    {
      right: 'to find the coordinator of transactional ids',
      acl: { resourceType: ResourceTypes.TRANSACTIONAL_ID, operation: AclOperations.DESCRIBE },
      option: 'sink.sasl',
      remedy: (prefix: string) => `--operation Write --operation Describe --transactional-id '${prefix}' --resource-pattern-type prefixed`,
    },
    {
      right: 'to commit to groups',
      acl: { resourceType: ResourceTypes.GROUP, operation: AclOperations.READ },
      option: 'sink.sasl',
      remedy: (prefix: string) => `--operation Read --group '${prefix}' --resource-pattern-type prefixed`,
    },
    {
      right: 'to keep positions beside the topic',
      // Once somebody may write, nobody may do what nothing is said of.
      acl: { resourceType: ResourceTypes.TOPIC, operation: AclOperations.WRITE, permissionType: AclPermissionTypes.ALLOW },
      option: 'sink.topic',
      remedy: () => '--operation Read --topic ',
    },
  ])('names a right that exactly-once needs, and how to grant it: $right', async ({ acl, option, remedy }) => {
    const own = await lab.topic(1);
    const prefix = `${own}:`;
    const transactional = { delivery: 'exactly-once', transactionalIdPrefix: prefix };
    const options = { bootstrapServers: lab.addresses.kafkaSasl, sasl: sasl(), topic: own, ...transactional };
    expect(await check(options)).toEqual([]);
    const isTopic = acl.resourceType === ResourceTypes.TOPIC;
    const undo = await setAcls(lab.admin, [
      {
        permissionType: AclPermissionTypes.DENY,
        ...acl,
        resourceName: isTopic ? own : prefix,
        resourcePatternType: isTopic ? ResourcePatternTypes.LITERAL : ResourcePatternTypes.PREFIXED,
        principal: `User:${lab.addresses.kafkaUsername}`,
        host: '*',
      },
    ]);
    const found = await check(options);
    const failed = await lab
      .written(
        options,
        queued(1, () => ({})),
      )
      .catch((error: unknown) => error);
    await undo();
    expect(found).toEqual([
      { level: 'error', code: 'FORBIDDEN', option, message: expect.any(String), remedy: expect.stringContaining(remedy(prefix)) },
    ]);
    expect(found[0]?.remedy).toContain(`--allow-principal 'User:${lab.addresses.kafkaUsername}'`);
    expect(failed).toMatchObject({ code: 'FORBIDDEN', retriable: false });
  });

  it('names brokers that are not there', async () => {
    expect(await check({ bootstrapServers: '127.0.0.1:1' })).toMatchObject([{ code: 'UNREACHABLE', option: 'sink.bootstrapServers' }]);
  });
});

describe('a broker of Kafka', () => {
  it.each([
    ['2.4', 8, 1],
    ['2.8', 9, 4],
    ['4.1', 13, 6],
  ])('%s is written to', async (_version, produces, inits) => {
    const apis = negotiate(
      [
        { apiKey: 3, name: 'Metadata', minVersion: 0, maxVersion: 12 },
        { apiKey: 2, name: 'ListOffsets', minVersion: 0, maxVersion: 7 },
        { apiKey: 1, name: 'Fetch', minVersion: 0, maxVersion: 12 },
        { apiKey: 0, name: 'Produce', minVersion: 3, maxVersion: produces },
        { apiKey: 22, name: 'InitProducerId', minVersion: 0, maxVersion: inits },
      ],
      'sink',
    );
    const own = await lab.topic(1, 0, [{ name: 'cleanup.policy', value: 'compact' }]);
    const connections = new Connections(lab.sinkConfig({}), 'sink');
    const [address] = parseServers(lab.addresses.kafka, 'sink');
    if (address === undefined) throw new Error('no broker');
    const record = (key: Buffer | null) => ({ key, value: Buffer.from('v'), headers: [], timestamp: 1 });
    const { id, epoch } = await connections.use(address, (connection) => initProducerId(connection, apis));
    const send = async (keys: ReadonlyArray<Buffer | null>) => {
      const batch = await encodeBatch(keys.map(record), 'none');
      placeBatch(batch, { producerId: id, epoch, sequence: 0 });
      return connections.use(address, (connection) => produce(connection, apis, [{ topic: own, partition: 0, batch }], 10_000));
    };
    expect(await send([Buffer.from('a'), null])).toMatchObject([{ error: 'INVALID_RECORD', records: [1] }]);
    // The second time is a repeat.
    expect(await send([Buffer.from('a')])).toEqual([{ error: undefined, records: [], message: undefined }]);
    expect(await send([Buffer.from('a')])).toEqual([{ error: undefined, records: [], message: undefined }]);
    expect(await lab.content(own)).toHaveLength(1);
    await connections.close();
  });
});
