import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RabbitmqStreamClient } from '../../support/rabbitmq-stream-client.ts';
import { bodies, numbered, RabbitmqLab } from './rabbitmq-lab.ts';

let lab: RabbitmqLab;
let client: RabbitmqStreamClient;
beforeAll(async () => {
  lab = await RabbitmqLab.open();
  client = await RabbitmqStreamClient.open(lab.addresses.rabbitmqStream);
});
afterAll(async () => {
  await client?.[Symbol.asyncDispose]();
  await lab?.[Symbol.asyncDispose]();
});

const offsets = (records: ReadonlyArray<{ readonly id?: string }>) => records.map(({ id }) => Number(id));

it('offsets that stream clients store are no messages, and no loss', async () => {
  const stream = await lab.filled(5, 'stream');
  const positions = new Map<string, string>();
  await client.storeOffset(stream, 'one', 1);
  await client.storeOffset(stream, 'two', 3);
  await lab.queues.publish(stream, numbered(2, 5));
  await client.storeOffset(stream, 'one', 4);
  const records = await lab.readAll({ streams: [stream] }, { positions });
  expect(bodies(records)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(records.filter(({ refused }) => refused !== undefined)).toEqual([]);
  expect(offsets(records)).toEqual([0, 1, 2, 3, 4, 7, 8]);
  await lab.queues.publish(stream, numbered(1, 7));
  expect(bodies(await lab.readAll({ streams: [stream] }, { positions }))).toEqual([7]);
});

it('a compressed batch between messages and stored offsets is one refused record', async () => {
  const stream = await lab.filled(3, 'stream');
  await client.storeOffset(stream, 'one', 1);
  await client.publishCompressed(stream, 10);
  await lab.queues.publish(stream, numbered(2, 3));
  const records = await lab.readAll({ streams: [stream] });
  const sent = records.filter(({ refused }) => refused === undefined);
  expect(bodies(sent)).toEqual([0, 1, 2, 3, 4]);
  expect(offsets(sent)).toEqual([0, 1, 2, 14, 15]);
  expect(records.filter(({ refused }) => refused !== undefined)).toMatchObject([{ position: '14', refused: { code: 'RECORD_REFUSED' } }]);
});
