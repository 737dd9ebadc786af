import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import { checkQueues, groupOffsets, listTopics } from '../../../src/rocketmq/queue-checks.ts';
import { openQueues } from '../../../src/rocketmq/queues.ts';
import type { MessageFilter, RocketmqConfig } from '../../../src/rocketmq/types.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { checkTopic } from '../../../src/transport/check-topic.ts';
import { itSideBySide } from '../../support/side-by-side.ts';
import { stackAddresses } from '../../support/stack.ts';
import { grpcProducerCases } from './grpc-producer-cases.ts';
import { named } from './named-topics.ts';
import { sharedQueuesCases } from './shared-queues-cases.ts';
import { Topics } from './topics.ts';

const COUNT = 2_000;
/** Of the cases that run side by side together, on a busy machine. */
const LIMIT_MS = 900_000;

// The proxy may begin badly.
jest.setTimeout(LIMIT_MS);

describe('a proxy in a process of its own', () => {
  let topics: Topics;
  let remoting: string;
  let grpc: string;

  beforeAll(async () => {
    topics = await Topics.open();
    ({ rocketmqClusterRemoting: remoting, rocketmqClusterGrpc: grpc } = await stackAddresses());
    // A proxy that has just started now and then never answers one of its first requests.
    const config = topics.config(await topics.create(), { endpoints: remoting, requestTimeoutMs: 3_000 });
    while ((await checkTopic(config, silentLogger)).length > 0) await sleep(100);
  });
  afterAll(() => topics[Symbol.asyncDispose]());

  const overGrpc = () => ({ topics, endpoints: grpc });

  describe('over gRPC', () => {
    grpcProducerCases(overGrpc);
    itSideBySide((it) => sharedQueuesCases(overGrpc, it), LIMIT_MS);
  });

  it('serves like a name server: messages get into the queue that is named, in order', async () => {
    const topic = await topics.create({ queues: 3 });
    const producer = await topics.producer(topic, { endpoints: remoting, requestTimeoutMs: 10_000 });
    expect(producer.queues).toBe(3);
    const messages = Array.from({ length: COUNT }, (_, index) => ({ body: Buffer.from(String(index)), keys: [], properties: new Map() }));
    await Promise.all([0, 2].map((queue) => producer.send(queue, messages, Date.now() + 120_000)));
    const queues = await topics.admin.readTopic(topic);
    const bodies = messages.map(({ body }) => body.toString());
    // A request without an answer is sent again, and where only the answer was lost, it is there twice: the first copies are what must
    // be in order.
    const firstCopies = queues.map((stored) => [...new Set(stored.map(({ body }) => body.toString()))]);
    expect(firstCopies).toEqual([bodies, [], bodies]);
  });

  it('lists no topics, and says which endpoint does', async () => {
    const { findings, names } = await listTopics(topics.config('any', { endpoints: remoting, requestTimeoutMs: 10_000 }));
    expect(names).toEqual([]);
    expect(findings).toMatchObject([
      { code: 'WRONG_KIND', option: 'rocketmq.topicsPattern', remedy: expect.stringContaining('name a name server') },
    ]);
  });

  it('serves a sink: filters, and the offsets of its consumer group', async () => {
    const topic = await topics.create({ queues: 1 });
    const producer = await topics.producer(topic);
    const messages = Array.from({ length: 300 }, (_, index) => ({
      body: Buffer.from(String(index)),
      keys: [],
      properties: new Map([['number', String(index)]]),
      tag: index % 100 === 7 ? 'Aa' : 'BB',
    }));
    await producer.send(0, messages, Date.now() + 120_000);
    await topics.admin.dispatched();
    const config = topics.config(topic, { endpoints: remoting, requestTimeoutMs: 10_000 });
    const clients = new WarmClients();
    const queues = await openQueues(config, named(topic), clients);
    const [name = ''] = queues.names;
    const read = async (filter: MessageFilter): Promise<number[]> => {
      const offsets: number[] = [];
      const reader = queues.read(name, { from: 0, to: 300, maxBytes: 1_000_000, filter });
      for (let part = await reader.next(); part !== undefined; part = await reader.next())
        offsets.push(...part.filter(({ leftOut }) => leftOut !== true).map(({ offset }) => offset));
      return offsets;
    };
    expect(await read({ tags: ['Aa'] })).toEqual([7, 107, 207]);
    expect(await read({ sql: 'number > 297' })).toEqual([298, 299]);
    const { findings } = await checkQueues(config, named(topic), { sql: 'number > 297' });
    expect(findings).toEqual([]);
    // The proxy itself finds no fault with it.
    expect((await checkQueues(config, named(topic), { sql: 'number >' })).findings).toMatchObject([
      { code: 'CONFIG_INVALID', option: 'rocketmq.filter' },
    ]);
    const group = `connect-${topic}`;
    expect(await queues.tell(group, new Map([[name, 42]]))).toEqual([]);
    expect(await groupOffsets(config, [name], group)).toEqual(new Map([[name, 42]]));
    await clients.close();
  });

  it('is checked like a name server', async () => {
    const check = async (topic: string, given: Partial<RocketmqConfig> = {}) => {
      const findings = await checkTopic(topics.config(topic, { endpoints: remoting, ...given }), silentLogger);
      return findings.map(({ code, option }) => ({ code, option }));
    };
    const wrongKind = [{ code: 'WRONG_KIND', option: 'rocketmq.topic' }];
    const normal = await topics.create();
    expect(await check(normal)).toEqual([]);
    expect(await check(normal, { deliverAfter: '10m' })).toEqual(wrongKind);
    const fifo = await topics.create({ messageType: 'FIFO' });
    expect(await check(fifo)).toEqual([]);
    expect(await check(fifo, { order: 'none' })).toEqual(wrongKind);
    expect(await check(fifo, { plainOnly: true })).toEqual(wrongKind);
    const delay = await topics.create({ messageType: 'DELAY' });
    expect(await check(delay, { deliverAfter: '10m' })).toEqual([]);
    expect(await check(delay)).toEqual(wrongKind);
    expect(await check(await topics.create({ messageType: 'TRANSACTION' }))).toEqual(wrongKind);
    expect(await check('no-such-topic')).toEqual([{ code: 'NOT_FOUND', option: 'rocketmq.topic' }]);
  });

  it('takes messages for FIFO and DELAY topics', async () => {
    const given = { endpoints: remoting, requestTimeoutMs: 10_000 };
    const fifo = await topics.create({ queues: 1, messageType: 'FIFO' });
    const delay = await topics.create({ queues: 1, messageType: 'DELAY' });
    const messages = Array.from({ length: 60 }, (_, index) => ({
      body: Buffer.from(String(index)),
      keys: [],
      properties: new Map<string, string>(),
      group: `group ${Math.floor(index / 7) % 3}`,
      deliverAt: Date.now() + (index % 3) * 1_000,
    }));
    await (await topics.producer(fifo, given)).send(0, messages, Date.now() + 120_000);
    const [stored = []] = await topics.admin.readTopic(fifo);
    const groups = new Map(stored.map(({ body, properties }) => [body.toString(), properties.get('__SHARDINGKEY')]));
    expect([...groups]).toEqual(messages.map(({ body, group }) => [body.toString(), group]));
    await (await topics.producer(delay, { ...given, deliverAfter: '1s' })).send(0, messages, Date.now() + 120_000);
    const delivered = new Set<string>();
    while (delivered.size < messages.length) {
      for (const { body } of (await topics.admin.readTopic(delay)).flat()) delivered.add(body.toString());
      await sleep(100);
    }
  });
});
