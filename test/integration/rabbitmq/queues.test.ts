import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RECEIVE_ROOM_BYTES } from '../../../src/kit/index.ts';
import { liveBufferBytes } from '../../support/live-memory.ts';
import { bodies, NO_LIMIT, numbered, RabbitmqLab, range } from './rabbitmq-lab.ts';

let lab: RabbitmqLab;
beforeAll(async () => {
  lab = await RabbitmqLab.open();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

it.each([
  { readBy: 'consumer', messages: 3_000 },
  { readBy: 'auto', messages: 150 },
])(
  'busy quorum queues keep nothing of what was acknowledged, read by $readBy',
  async ({ readBy, messages }) => {
    const queues = await Promise.all(Array.from({ length: 8 }, () => lab.create('quorum')));
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(queues.map((queue) => lab.queues.publish(queue, numbered(messages))));
      expect(await lab.readAll({ queues, readBy })).toHaveLength(8 * messages);
      expect(await Promise.all(queues.map((queue) => lab.queues.ready(queue)))).toEqual(queues.map(() => 0));
    }
  },
  300_000,
);

describe.each(['classic', 'quorum'] as const)('a %s queue', (kind) => {
  it('is copied in order and emptied', async () => {
    const queue = await lab.filled(8_000, kind);
    const positions = new Map<string, string>();
    expect(bodies(await lab.readAll({ queues: [queue] }, { positions }))).toEqual(range(8_000));
    expect(positions.get(queue)).toBe('8000');
    expect(await lab.queues.ready(queue)).toBe(0);
  });

  it('keeps what was read and not acknowledged, in its place', async () => {
    const queue = await lab.filled(1_000, kind);
    const task = lab.task({ queues: [queue] });
    await task.start();
    const { records } = await task.poll({ ...NO_LIMIT, maxRecords: 10 });
    expect(bodies(records)).toEqual(range(records.length));
    task.acknowledged(queue, '4');
    await task.stop();
    expect(await lab.settledReady(queue, 996)).toBe(996);
    expect(bodies(await lab.readAll({ queues: [queue] }))).toEqual(range(996, 4));
  });

  it('sends no more ahead than the run still takes, so that little has to go back', async () => {
    const queue = await lab.filled(5_000, kind);
    const delivered: number[] = [];
    for (let run = 0; run < 10; run += 1) {
      const task = lab.task({ queues: [queue] });
      await task.start();
      for (let left = 100; left > 0; ) {
        const { records } = await task.poll({ ...NO_LIMIT, maxRecords: left });
        for (const { headers } of records) if (headers.some(({ name }) => name === 'rabbitmq-redelivered')) delivered.push(run);
        left -= records.length;
        const last = records.at(-1);
        if (last !== undefined) task.acknowledged(queue, last.position);
        await sleep(1);
      }
      await task.stop();
    }
    expect(await lab.settledReady(queue, 4_000)).toBe(4_000);
    expect(delivered.length).toBeLessThan(1_000);
  });

  it('is shared by several consumers: each message comes once', async () => {
    const queue = await lab.filled(3_000, kind);
    const shared = { queues: [queue], consumersPerQueue: 3 };
    const records = await lab.readAll(shared);
    expect(bodies(records).sort((a, b) => a - b)).toEqual(range(3_000));
    expect([...new Set(records.map(({ partition }) => partition))].sort()).toEqual([`${queue}@0`, `${queue}@1`, `${queue}@2`]);
  });

  it('ends its run though others take the messages that were there', async () => {
    const queue = await lab.filled(2_000, kind);
    const [first, second] = await Promise.all([lab.readAll({ queues: [queue] }), lab.readAll({ queues: [queue] })]);
    expect(bodies([...first, ...second]).sort((a, b) => a - b)).toEqual(range(2_000));
  });
});

it('ends with the messages that were there at the start, though more keep coming', async () => {
  const queue = await lab.filled(3_000);
  let filling = true;
  const producer = (async () => {
    const sent: Promise<void>[] = [];
    let unconfirmed = 0;
    // Without waiting for each to be confirmed: on a slow disk nothing more would come while the run is under way.
    for (; filling; await sleep(2)) {
      if (unconfirmed === 100) continue;
      unconfirmed += 1;
      sent.push(lab.queues.publish(queue, [{ body: Buffer.from('later') }]).finally(() => (unconfirmed -= 1)));
    }
    await Promise.all(sent);
  })();
  const records = await lab.readAll({ queues: [queue] });
  filling = false;
  await producer;
  expect(bodies(records.slice(0, 3_000))).toEqual(range(3_000));
  expect(await lab.queues.ready(queue)).toBeGreaterThan(0);
});

it('keeps little in memory, whatever the size of the messages', async () => {
  const queue = await lab.create();
  const small = Array.from({ length: 2_200 }, () => ({ body: Buffer.alloc(1_000, 's') }));
  await lab.queues.publish(queue, small);
  for (let part = 0; part < 12; part += 1)
    await lab.queues.publish(
      queue,
      Array.from({ length: 10 }, () => ({ body: Buffer.alloc(1024 ** 2, 'l') })),
    );
  const task = lab.task({ queues: [queue] });
  await task.start();
  // The window grows with small messages; then what is read is not taken out.
  let read = 0;
  while (read < 2_000) {
    const { records } = await task.poll({ ...NO_LIMIT, maxRecords: 500 });
    read += records.length;
    task.acknowledged(queue, String(read));
  }
  const before = liveBufferBytes();
  await sleep(1_500);
  expect(liveBufferBytes() - before).toBeLessThan(2 * RECEIVE_ROOM_BYTES);
  await task.stop();
  expect(await lab.readAll({ queues: [queue] })).toHaveLength(2_320 - read);
});

it('ends though the server has sent more than there is room for', async () => {
  const queue = await lab.create();
  await lab.queues.publish(
    queue,
    Array.from({ length: 6_000 }, () => ({ body: Buffer.alloc(100, 's') })),
  );
  for (let part = 0; part < 6; part += 1) await lab.queues.publish(queue, Array(10).fill({ body: Buffer.alloc(1024 ** 2, 'l') }));
  const task = lab.task({ queues: [queue] });
  await task.start();
  for (let read = 0; read < 5_500; ) {
    const { records } = await task.poll({ ...NO_LIMIT, maxRecords: 500 });
    read += records.length;
    task.acknowledged(queue, String(read));
  }
  await sleep(1_000);
  await task.stop();
  expect(await lab.readAll({ queues: [queue] })).not.toHaveLength(0);
});

it('is slow start: a run whose messages are never taken has no more than the first few', async () => {
  const queue = await lab.filled(1_000);
  const task = lab.task({ queues: [queue] });
  await task.start();
  await task.poll(NO_LIMIT);
  expect(await lab.settledReady(queue, 1_000 - 16)).toBe(1_000 - 16);
  await sleep(300);
  expect(await lab.queues.ready(queue)).toBe(1_000 - 16);
  await task.stop();
});

it('tells how many messages wait', async () => {
  const queue = await lab.filled(50);
  const task = lab.task({ queues: [queue] });
  await task.start();
  const { records } = await task.poll({ ...NO_LIMIT, maxRecords: 5 });
  // What is on its way is counted with neither.
  let lag = await task.lag();
  for (; lag.records !== 50 - records.length; lag = await task.lag()) await sleep(20);
  expect(lag).toEqual({ records: 50 - records.length });
  await task.stop();
});

it('gives messages without an id one for each delivery', async () => {
  const queue = await lab.create();
  await lab.queues.publish(queue, [{ body: Buffer.from('a') }, { body: Buffer.from('b') }]);
  const first = lab.task({ queues: [queue] });
  await first.start();
  const before = [...(await first.poll(NO_LIMIT)).records];
  // They may come one by one.
  while (before.length < 2) before.push(...(await first.poll(NO_LIMIT)).records);
  await first.stop();
  expect(await lab.settledReady(queue, 2)).toBe(2);
  const after = await lab.readAll({ queues: [queue] });
  expect(new Set([...before, ...after].map(({ id }) => id)).size).toBe(4);
});
