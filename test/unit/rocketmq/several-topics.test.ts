import { describe, expect, it } from '@jest/globals';
import { openQueues } from '../../../src/rocketmq/queues.ts';
import type { NamedTopics } from '../../../src/rocketmq/types.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { FakeRocketmq, routeTo } from './fake-rocketmq.ts';

/** As many as the fake says that there are. */
const queuesOf = (topic: string) => Array.from({ length: 16 }, (_, id) => `${topic}:broker-a:${id}`);

describe('the queues of several topics', () => {
  const withRoutes = async (known: readonly string[], topics: NamedTopics, use: (open: ReturnType<typeof openQueues>) => Promise<void>) => {
    await using broker = await FakeRocketmq.start();
    await using namesrv = await FakeRocketmq.start();
    namesrv.route = (topic) => (known.includes(topic) ? routeTo({ 'broker-a': { address: broker.address, queues: 2 } }) : undefined);
    const clients = new WarmClients();
    const config = { endpoints: namesrv.address, namespace: 'shop', tls: false, requestTimeoutMs: 2_000 };
    await use(openQueues(config, topics, clients)).finally(() => clients.close());
  };

  it('have names without the namespace', () =>
    withRoutes(['shop%a', 'shop%b'], { names: ['a', 'b'], option: 'rocketmq.topics' }, async (open) => {
      expect((await open).names).toEqual([...queuesOf('a'), ...queuesOf('b')]);
    }));

  it('are there without those of a topic that is not, which is said to who asks for one', () =>
    withRoutes(['shop%a'], { names: ['a', 'b'], option: 'rocketmq.topics' }, async (open) => {
      const queues = await open;
      expect(queues.names).toEqual(queuesOf('a'));
      await expect(queues.bounds('b:broker-a:0')).rejects.toMatchObject({
        code: 'NOT_FOUND',
        retriable: true,
        message: expect.stringMatching(/^rocketmq\.topics: .* topic shop%b$/),
      });
      await expect(queues.bounds('a:broker-a:99')).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: 'rocketmq.topics: topic shop%a has no queue a:broker-a:99 that may be read',
      });
    }));

  it('are none where no topic is there', () =>
    withRoutes([], { names: ['a', 'b'], option: 'errors.deadLetterTopic' }, async (open) => {
      await expect(open).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringMatching(/^errors\.deadLetterTopic: .* topic shop%a$/),
      });
    }));
});
