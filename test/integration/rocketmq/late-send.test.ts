import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { uniqueName } from '../../support/names.ts';
import { RocketmqFront } from '../../support/rocketmq-front.ts';
import { stackAddresses } from '../../support/stack.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { Topics } from './topics.ts';

/** A broker that takes an answer's time longer than that is given up: a busy one must not be. */
const REQUEST_MS = 10_000;

it('a request that the network holds back for longer than a request may take comes once, before what was sent after it', async () => {
  const { rocketmqNamesrv, rocketmqBroker } = await stackAddresses();
  await using topics = await Topics.open();
  await using front = await RocketmqFront.start(rocketmqNamesrv, rocketmqBroker);
  await using proxy = await TcpProxy.start(rocketmqBroker);
  front.brokerAddress = proxy.address;
  const topic = await topics.create({ queues: 1 });
  const producer = await topics.producer(topic, { endpoints: front.address, requestTimeoutMs: REQUEST_MS });
  const send = (body: string) =>
    producer.send(0, [{ body: Buffer.from(body), keys: [uniqueName('key')], properties: new Map() }], Date.now() + 120_000);
  await send('first');
  proxy.set({ latencyMs: REQUEST_MS + 1_000 }, 'request');
  const held = send('held');
  await sleep(200);
  proxy.set({});
  await Promise.all([held, send('next')]);
  await sleep(1_000);
  const [queue = []] = await topics.admin.readTopic(topic);
  expect(queue.map(({ body }) => body.toString())).toEqual(['first', 'held', 'next']);
}, 900_000);
