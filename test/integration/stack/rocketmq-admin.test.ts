import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Producer } from 'rocketmq-client-nodejs';
import { proxyRoutes } from '../../../infra/local/rocketmq-admin/proxy-route.ts';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { silentLogger } from '../../../src/api/index.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';

describe('RocketmqAdmin', () => {
  let admin: RocketmqAdmin;
  let endpoints: string;
  const topics: string[] = [];

  const newTopic = async (
    ...options: Parameters<RocketmqAdmin['createTopic']> extends [string, ...infer Rest] ? Rest : never
  ): Promise<string> => {
    const topic = uniqueName('admin');
    await admin.createTopic(topic, ...options);
    topics.push(topic);
    return topic;
  };

  beforeAll(async () => {
    const addresses = await stackAddresses();
    endpoints = addresses.rocketmqGrpc;
    admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
  });

  afterAll(async () => {
    for (const topic of topics) await admin.deleteTopic(topic);
    admin.close();
  });

  it('makes topics that the proxy routes, grows them, and removes them', async () => {
    const topic = await newTopic({ queues: 3 });
    await proxyRoutes(endpoints, topic, 3);
    await admin.createTopic(topic, { queues: 5 });
    await proxyRoutes(endpoints, topic, 5);
    await expect(admin.topicStats(topic)).resolves.toHaveLength(5);
    await admin.deleteTopic(topic);
    await expect(admin.topicStats(topic)).resolves.toBeUndefined();
  });

  it('makes a topic that was asked for before it existed', async () => {
    const topic = uniqueName('admin-late');
    await expect(proxyRoutes(endpoints, topic, 1, 300)).rejects.toThrow(`does not route topic ${topic}`);
    await admin.createTopic(topic, { queues: 1 });
    topics.push(topic);
    await proxyRoutes(endpoints, topic, 1);
  });

  it('reads back body, keys and properties of what was sent, in order per queue', async () => {
    const topic = await newTopic({ queues: 2 });
    await proxyRoutes(endpoints, topic, 2);
    const bodies = Array.from({ length: 40 }, (_, index) => Buffer.from([index, 0, 255, 1, 2]));
    // Patient: a message that is acknowledged late would be sent again.
    const producer = new Producer({ endpoints, namespace: '', topics: [topic], logger: silentLogger, requestTimeout: 20_000 });
    await producer.startup();
    try {
      for (const body of bodies) await producer.send({ topic, body, keys: [`key-${body[0]}`], properties: new Map([['näme', 'värlue']]) });
    } finally {
      await producer.shutdown();
    }
    const queues = await admin.readTopic(topic);
    expect(queues.flat()).toHaveLength(40);
    for (const queue of queues) expect(queue.map(({ offset }) => offset)).toEqual(queue.map((_, index) => index));
    const inOrder = queues.flat().sort((a, b) => (a.body[0] ?? 0) - (b.body[0] ?? 0));
    expect(inOrder.map(({ body }) => body)).toEqual(bodies);
    expect(inOrder.map(({ properties }) => properties.get('KEYS'))).toEqual(bodies.map((body) => `key-${body[0]}`));
    expect(inOrder.every(({ properties }) => properties.get('näme') === 'värlue')).toBe(true);
    expect(
      queues.map((queue) => queue.every((message, index) => index === 0 || (message.body[0] ?? 0) > (queue[index - 1]?.body[0] ?? 0))),
    ).toEqual([true, true]);
    const [first] = (await admin.topicStats(topic)) ?? [];
    expect(first).toEqual({ queue: 0, min: 0, max: queues[0]?.length });
  });
});
