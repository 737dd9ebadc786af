import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RabbitmqConnection } from '../../../src/connectors/rabbitmq/protocol/connection.ts';
import { Subscription } from '../../../src/connectors/rabbitmq/read/subscription.ts';
import { ReceiveRoom } from '../../../src/kit/index.ts';
import { RabbitmqLab } from './rabbitmq-lab.ts';

const MESSAGES = 100;
const WINDOW = 16;

let lab: RabbitmqLab;
let connection: RabbitmqConnection;
beforeAll(async () => {
  lab = await RabbitmqLab.open();
  connection = await RabbitmqConnection.open(lab.config({ queues: ['any'] }), 'source', lab.addresses.rabbitmq);
});
afterAll(async () => {
  await connection?.close();
  await lab?.[Symbol.asyncDispose]();
});

async function subscribe(): Promise<{ readonly queue: string; readonly subscription: Subscription }> {
  const queue = await lab.filled(MESSAGES);
  return { queue, subscription: new Subscription({ connection, room: new ReceiveRoom(connection.intake), queue, onChange: () => {} }) };
}

async function received(subscription: Subscription, count: number): Promise<void> {
  while (subscription.received < count) await sleep(5);
}

it('gives back what it holds, though it was to end by itself while it is closed', async () => {
  const { queue, subscription } = await subscribe();
  await subscription.open();
  subscription.begin(WINDOW);
  await received(subscription, WINDOW);
  subscription.resize(50);
  subscription.acknowledge(WINDOW);
  const closed = subscription.close();
  // As its reader does with the message that is the last one it wants.
  subscription.cancel();
  await closed;
  expect(await lab.settledReady(queue, MESSAGES - WINDOW)).toBe(MESSAGES - WINDOW);
});

it('tells the server of everything that was copied, though its window was about to change', async () => {
  const { queue, subscription } = await subscribe();
  await subscription.open();
  subscription.begin(WINDOW);
  await received(subscription, WINDOW);
  subscription.resize(50);
  subscription.acknowledge(WINDOW);
  await received(subscription, 40);
  subscription.resize(10);
  subscription.acknowledge(40);
  await subscription.close();
  expect(await lab.settledReady(queue, MESSAGES - 40)).toBe(MESSAGES - 40);
});

it('holds nothing where it is closed before it is open', async () => {
  const { queue, subscription } = await subscribe();
  const opening = subscription.open();
  await subscription.close();
  await opening;
  await sleep(100);
  expect(await lab.settledReady(queue, MESSAGES)).toBe(MESSAGES);
});

it('holds nothing, though its queue ended its consumer', async () => {
  const { queue, subscription } = await subscribe();
  await subscription.open();
  subscription.begin(WINDOW);
  await received(subscription, WINDOW);
  await lab.queues.delete(queue);
  while (subscription.failure === undefined) await sleep(5);
  await subscription.close();
  expect(await connection.openChannel().then((channel) => channel.close())).toBeUndefined();
});

it('leaves the connection to others when it is abandoned with more than there is room for', async () => {
  const queue = await lab.create();
  for (let part = 0; part < 3; part += 1) await lab.queues.publish(queue, Array(10).fill({ body: Buffer.alloc(1024 ** 2) }));
  const subscription = new Subscription({ connection, room: new ReceiveRoom(connection.intake), queue, onChange: () => {} });
  await subscription.open();
  subscription.begin(30);
  while (!connection.intake.paused) await sleep(5);
  subscription.abandon();
  await connection.openChannel().then((channel) => channel.close());
  await subscription.close();
  expect(await lab.settledReady(queue, 30)).toBe(30);
});
