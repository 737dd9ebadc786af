import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { proxyRoutes } from '../../../infra/local/rocketmq-admin/proxy-route.ts';
import { checkShared } from '../../../src/rocketmq/check-shared.ts';
import { fullTopic } from '../../../src/rocketmq/full-topic.ts';
import { openShared } from '../../../src/rocketmq/open-shared.ts';
import type { OutgoingMessage, RocketmqConfig, SharedMessage, SharedQueues, Sharing } from '../../../src/rocketmq/types.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import type { GrpcLab } from './grpc-producer-cases.ts';
import { named } from './named-topics.ts';
import { receiveAll, textsOf } from './receive-all.ts';

/** A busy machine takes less time between a message and its acknowledgement. */
const INVISIBLE_MS = 120_000;
/** A proxy takes no shorter one. */
const SHORT_MS = 10_000;
const QUEUES = 2;
const COUNT = 40;
const TAGS = [{ tag: 'paid' }, { tag: 'sent' }, { tag: 'open' }, {}];

/** What a consumer of a group finds over gRPC, whichever way the proxy reaches its brokers. */
export function sharedQueuesCases(lab: () => GrpcLab, it: AddCase): void {
  /** A topic and a group of its name, both in a namespace. */
  async function prepare(namespace = ''): Promise<{ readonly config: RocketmqConfig; readonly topic: string }> {
    const { topics, endpoints } = lab();
    const topic = await topics.create({ queues: QUEUES, namespace });
    const full = fullTopic({ namespace, topic });
    await topics.admin.createGroup(full);
    await proxyRoutes(endpoints, full, QUEUES);
    return { topic, config: topics.config(topic, { protocol: 'grpc', endpoints, namespace }) };
  }

  async function fill(topic: string, message: (index: number) => Partial<OutgoingMessage> = () => ({}), namespace = ''): Promise<void> {
    const producer = await lab().topics.producer(topic, { namespace });
    const messages = Array.from({ length: COUNT }, (_, index) => ({
      body: Buffer.from(String(index)),
      keys: [],
      properties: new Map([['number', String(index)]]),
      ...message(index),
    }));
    const half = COUNT / QUEUES;
    for (let queue = 0; queue < QUEUES; queue += 1)
      await producer.send(queue, messages.slice(queue * half, (queue + 1) * half), Date.now() + INVISIBLE_MS);
    await lab().topics.admin.dispatched();
  }

  async function withQueues<R>(config: RocketmqConfig, given: Partial<Sharing>, use: (queues: SharedQueues) => Promise<R>): Promise<R> {
    const queues = await openShared(config, named(config.topic), { group: config.topic, invisibleMs: INVISIBLE_MS, ...given });
    try {
      return await use(queues);
    } finally {
      await queues.close();
    }
  }

  /** Receives once from each place, for as long as a proxy holds an empty receive. */
  const receiveOnce = async (queues: SharedQueues): Promise<SharedMessage[]> => {
    const signal = new AbortController().signal;
    return (await Promise.all(Array.from({ length: queues.places }, (_, place) => queues.receive(place, 32, signal)))).flat();
  };
  const upTo = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index)).sort();

  it('gets all messages, from both queues, and none of them again once they are acknowledged', async () => {
    const { topic, config } = await prepare();
    await fill(topic);
    await withQueues(config, {}, async (queues) => {
      const received = await receiveAll(queues, COUNT);
      expect(textsOf(received)).toEqual(upTo(COUNT));
      expect(new Set(received.map(({ partition }) => partition))).toEqual(new Set([`${topic}:broker-a:0`, `${topic}:broker-a:1`]));
      expect(await queues.acknowledge(received)).toBe(0);
    });
    expect(await withQueues(config, {}, receiveOnce)).toEqual([]);
  });

  it('gives back what it can not use, which comes again at once, to another consumer', async () => {
    const { topic, config } = await prepare();
    await fill(topic);
    await withQueues(config, {}, async (queues) => {
      await receiveAll(queues, COUNT);
      await queues.giveBack(INVISIBLE_MS);
    });
    await withQueues(config, {}, async (queues) => {
      const again = await receiveAll(queues, COUNT);
      expect(textsOf(again)).toEqual(upTo(COUNT));
      expect(again.every(({ partition }) => partition.startsWith('%RETRY%'))).toBe(true);
      expect(await queues.acknowledge(again)).toBe(0);
    });
    expect(await withQueues(config, {}, receiveOnce)).toEqual([]);
  });

  it('keeps for itself what it holds for longer than the time that RocketMQ gives, and may acknowledge it then', async () => {
    const { topic, config } = await prepare();
    await fill(topic);
    await withQueues(config, { invisibleMs: SHORT_MS }, async (queues) => {
      const received = await receiveAll(queues, COUNT);
      await sleep(1.5 * SHORT_MS);
      expect(await queues.acknowledge(received)).toBe(0);
      // A message whose acknowledgement had no effect would come after the time that was asked for last.
      await sleep(SHORT_MS);
      expect(await receiveOnce(queues)).toEqual([]);
    });
  });

  it('finds topic and group in the namespace, and in no other one', async () => {
    const { topic, config } = await prepare('shop');
    await fill(topic, undefined, 'shop');
    const sharing = { group: topic, invisibleMs: INVISIBLE_MS };
    expect(await checkShared(config, named(topic), sharing)).toEqual([]);
    const received = await withQueues(config, {}, async (queues) => {
      const all = await receiveAll(queues, COUNT);
      expect(await queues.acknowledge(all)).toBe(0);
      return all;
    });
    expect(textsOf(received)).toEqual(upTo(COUNT));
    expect(new Set(received.map((each) => `${each.topic} ${each.partition}`))).toEqual(
      new Set([`${topic} ${topic}:broker-a:0`, `${topic} ${topic}:broker-a:1`]),
    );
    expect(await checkShared({ ...config, namespace: 'other' }, named(topic), sharing)).toMatchObject([
      { code: 'NOT_FOUND', option: 'rocketmq.topic', message: expect.stringContaining(`other%${topic}`) },
    ]);
  });

  const filters = [
    { what: 'tags', filter: { tags: ['paid', 'sent'] }, matches: (number: number) => number % TAGS.length < 2 },
    { what: 'an SQL expression', filter: { sql: 'number >= 30' }, matches: (number: number) => number >= 30 },
  ];
  for (const { what, filter, matches } of filters)
    it(`gets the messages that match ${what}, and passes over all others for good`, async () => {
      const { topic, config } = await prepare();
      await fill(topic, (index) => TAGS[index % TAGS.length] as Partial<OutgoingMessage>);
      const wanted = upTo(COUNT).filter((text) => matches(Number(text)));
      await withQueues(config, { filter }, async (queues) => {
        const received = await receiveAll(queues, wanted.length);
        expect(textsOf(received)).toEqual(wanted);
        expect(await queues.acknowledge(received)).toBe(0);
        expect(await receiveOnce(queues)).toEqual([]);
      });
      expect(await withQueues(config, {}, receiveOnce)).toEqual([]);
    });

  it('is told that an SQL expression is none, and which option has it', async () => {
    const { config } = await prepare();
    const receive = withQueues(config, { filter: { sql: 'number >' } }, receiveOnce);
    await expect(receive).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      retriable: false,
      message: expect.stringMatching(/^rocketmq.filter: /),
      remedy: expect.stringContaining('rocketmq.filter'),
    });
  });
}
