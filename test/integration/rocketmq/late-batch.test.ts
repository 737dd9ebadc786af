import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { uniqueName } from '../../support/names.ts';
import { RocketmqFront } from '../../support/rocketmq-front.ts';
import { stackAddresses } from '../../support/stack.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { Topics } from './topics.ts';

it('a batch that the network holds back for longer than a request may take comes once, before what was sent after it', async () => {
  const { rocketmqNamesrv, rocketmqBroker } = await stackAddresses();
  await using topics = await Topics.open();
  await using front = await RocketmqFront.start(rocketmqNamesrv, rocketmqBroker);
  await using proxy = await TcpProxy.start(rocketmqBroker);
  front.brokerAddress = proxy.address;
  const topic = await topics.create({ queues: 1 });
  const producer = await topics.producer(topic, { endpoints: front.address, requestTimeoutMs: 1_000 });
  const send = (body: string) =>
    producer.send(0, [{ body: Buffer.from(body), keys: [uniqueName('key')], properties: new Map() }], Date.now() + 30_000);
  await send('first');
  proxy.set({ latencyMs: 1_700 }, 'request');
  const held = send('held');
  await sleep(200);
  proxy.set({});
  await Promise.all([held, send('next')]);
  await sleep(1_000);
  const [queue = []] = await topics.admin.readTopic(topic);
  expect(queue.map(({ body }) => body.toString())).toEqual(['first', 'held', 'next']);
});
