import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { openShared } from '../../../src/rocketmq/open-shared.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';
import { named } from '../rocketmq/named-topics.ts';

jest.setTimeout(300_000);

const CLI = path.resolve('infra/local/cli.ts');

describe('what `npm run stack` makes for connectors', () => {
  const name = uniqueName('made');
  let env: NodeJS.ProcessEnv;
  let kafka: KafkaTopics;
  let admin: RocketmqAdmin;
  beforeAll(async () => {
    const addresses = await stackAddresses();
    // To the command they are the user's own servers.
    env = {
      ...process.env,
      CONNECT_ROCKETMQ_ENDPOINTS: addresses.rocketmqNamesrv,
      CONNECT_KAFKA_BOOTSTRAP_SERVERS: addresses.kafka,
    };
    kafka = new KafkaTopics(addresses.kafka);
    admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
  });
  afterAll(async () => {
    await admin.deleteTopic(name);
    admin.close();
    await kafka.delete(name);
    await kafka.close();
  });

  const stack = async (...args: string[]): Promise<string> => (await promisify(execFile)(process.execPath, [CLI, ...args], { env })).stdout;

  it('is a topic of RocketMQ, and a consumer group that a proxy lets in', async () => {
    expect(await stack('topic', name)).toBe(`topic ${name} is there\n`);
    expect(await stack('group', name)).toBe(`group ${name} is there\n`);
    const { rocketmqGrpc: endpoints } = await stackAddresses();
    const config = { endpoints, topic: name, namespace: '', tls: false, requestTimeoutMs: 20_000 };
    const queues = await openShared(config, named(name), { group: name, invisibleMs: 60_000 });
    expect(queues.places).toBe(1);
    await queues.close();
  });

  it('is a topic of Kafka, which stays as it is the second time', async () => {
    expect(await stack('topic', '--kafka', name)).toBe(`Kafka topic ${name} is there\n`);
    await kafka.produce(name, [{ partition: 0, key: null, value: Buffer.from('x') }]);
    expect(await stack('topic', '--kafka', name)).toBe(`Kafka topic ${name} is there\n`);
    expect((await kafka.endOffsets(name))?.toSorted((a, b) => b - a)).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  });
});
