import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RECEIVE_ROOM_BYTES } from '../../../src/kit/index.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { NO_LIMIT, RabbitmqLab } from './rabbitmq-lab.ts';

/** More than may lie in memory, and answers of the server come behind them. */
const COUNT = 20;
const BYTES = RECEIVE_ROOM_BYTES / 10;

let lab: RabbitmqLab;
beforeAll(async () => {
  lab = await RabbitmqLab.open();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

async function large(): Promise<string> {
  const queue = await lab.create();
  for (let sent = 0; sent < COUNT; sent += 5) await lab.queues.publish(queue, Array(5).fill({ body: Buffer.alloc(BYTES) }));
  return queue;
}

it('are read from several queues, though the first fill the room before the others are consumed', async () => {
  const queues = [await large(), await large()];
  await using proxy = await TcpProxy.start(new URL(lab.addresses.rabbitmq).host);
  // One request after the other: what the first brings is there before the second is sent.
  proxy.set({ bytesPerSecond: 500 }, 'request');
  const reading = lab.readAll({ queues, urls: `amqp://${proxy.address}` });
  expect(await reading).toHaveLength(COUNT * queues.length);
});

it('are read though the server was silent, and is asked how many there are, when they come', async () => {
  const queue = await large();
  await using proxy = await TcpProxy.start(new URL(lab.addresses.rabbitmq).host);
  const task = lab.task({ queues: [queue], urls: `amqp://${proxy.address}` });
  proxy.set({ latencyMs: 30 }, 'answer');
  await task.start();
  proxy.set({ latencyMs: 400 }, 'answer');
  let read = 0;
  const reading = (async () => {
    while (read < COUNT) {
      const { records } = await task.poll(NO_LIMIT);
      read += records.length;
      task.acknowledged(queue, String(read));
    }
  })();
  expect(await reading).toBeUndefined();
  await task.stop();
});

it('do not keep a run from ending that asks how many are left', async () => {
  const queue = await large();
  await using proxy = await TcpProxy.start(new URL(lab.addresses.rabbitmq).host);
  const task = lab.task({ queues: [queue], urls: `amqp://${proxy.address}` });
  await task.start();
  const { records } = await task.poll({ maxRecords: 1, maxBytes: 1 });
  task.acknowledged(queue, '1');
  proxy.set({ latencyMs: 300 }, 'answer');
  expect(await task.lag()).toEqual({ records: expect.any(Number) });
  await task.stop();
  expect(records).toHaveLength(1);
});
