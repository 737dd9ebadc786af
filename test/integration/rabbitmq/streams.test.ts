import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sideBySide } from '../../support/side-by-side.ts';
import { bodies, NO_LIMIT, numbered, RabbitmqLab, range } from './rabbitmq-lab.ts';

let lab: RabbitmqLab;
/** A stream of 300 messages. What reads it leaves it as it is. */
let unread: Promise<string> | undefined;
beforeAll(async () => {
  lab = await RabbitmqLab.open();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

describe('a stream', () => {
  it('is copied in order from its offset, and stays', async () => {
    const stream = await lab.filled(10_000, 'stream');
    const positions = new Map<string, string>();
    const records = await lab.readAll({ streams: [stream] }, { positions });
    expect(bodies(records)).toEqual(range(10_000));
    expect(records.at(-1)).toMatchObject({ id: '9999', position: expect.stringMatching(/^10000#[0-9a-f]{12}$/) });
    expect(await lab.readAll({ streams: [stream] }, { positions })).toEqual([]);
    await lab.queues.publish(stream, numbered(5, 10_000));
    expect(bodies(await lab.readAll({ streams: [stream] }, { positions }))).toEqual(range(5, 10_000));
  });

  it.each([
    { startAt: 'earliest', first: 0, count: 300 },
    { startAt: 'latest', first: 300, count: 0 },
    { startAt: { offset: 123 }, first: 123, count: 177 },
    { startAt: { offset: 5_000 }, first: 300, count: 0 },
    { startAt: { timestamp: '2001-01-01' }, first: 0, count: 300 },
    { startAt: { timestamp: Date.now() + 86_400_000 }, first: 300, count: 0 },
  ])('that was never read starts at $startAt', async ({ startAt, first, count }) => {
    unread ??= lab.filled(300, 'stream');
    const stream = await unread;
    const positions = new Map<string, string>();
    const read = () => lab.readAll({ streams: [stream], startAt }, { positions });
    let records = await read();
    // A busy broker takes longer than a run waits to give anything since a time. The next run looks again.
    while (typeof startAt === 'object' && 'timestamp' in startAt && records.length < count) records = await read();
    expect(bodies(records)).toEqual(range(count, first));
  });

  it('whose start was found by looking tells it before its first record', async () => {
    const stream = await lab.filled(10, 'stream');
    for (;;) {
      const task = lab.task({ streams: [stream], startAt: { timestamp: 0 } });
      await task.start();
      try {
        const first = await task.poll(NO_LIMIT);
        // A busy broker takes longer to give anything than a run waits. The next run looks again.
        if (first.caughtUp) continue;
        expect(first).toEqual({ records: [], positions: new Map([[stream, '0']]), caughtUp: false });
        expect((await task.poll(NO_LIMIT)).records).toHaveLength(10);
        return;
      } finally {
        await task.stop();
      }
    }
  });

  it('starts at the end that it had, though nothing was there to copy', async () => {
    const stream = await lab.filled(10, 'stream');
    const positions = new Map<string, string>();
    await lab.readAll({ streams: [stream], startAt: 'latest' }, { positions });
    expect(positions).toEqual(new Map([[stream, '10']]));
    await lab.queues.publish(stream, numbered(5, 10));
    expect(bodies(await lab.readAll({ streams: [stream], startAt: 'latest' }, { positions }))).toEqual(range(5, 10));
  });

  it('that gives nothing since the time to start at keeps that start', async () => {
    const stream = await lab.filled(10, 'stream');
    const positions = new Map<string, string>();
    const options = { streams: [stream], startAt: { timestamp: Date.now() + 86_400_000 } };
    await lab.readAll(options, { positions });
    expect([...positions]).toEqual([]);
    await lab.queues.publish(stream, numbered(1, 10));
    expect(await lab.readAll(options, { positions })).toEqual([]);
  });

  it('that is empty is caught up', async () => {
    expect(await lab.readAll({ streams: [await lab.create('stream')] })).toEqual([]);
  });

  it('that lost the place to resume at is told, or read from what is left', async () => {
    const stream = await lab.filled(10, 'stream');
    const positions = new Map([[stream, '11']]);
    await expect(lab.readAll({ streams: [stream] }, { positions })).rejects.toMatchObject({
      code: 'POSITION_LOST',
      retriable: false,
      message: `stream ${stream} has offsets 0 to 9, and 11 is where to resume`,
    });
    expect(await lab.readAll({ streams: [stream], onOffsetLost: 'earliest' }, { positions })).toHaveLength(10);
  });

  it.each([0, 1, 20])('that was deleted and made again under its name is told, also where it is longer now, by %i', async (more) => {
    const stream = await lab.filled(10, 'stream');
    const positions = new Map<string, string>();
    await lab.readAll({ streams: [stream] }, { positions });
    await lab.queues.delete(stream);
    await lab.queues.create(stream, 'stream');
    await lab.queues.publish(stream, numbered(10 + more, 500));
    await expect(lab.readAll({ streams: [stream] }, { positions })).rejects.toMatchObject({
      code: 'POSITION_LOST',
      message: `stream ${stream} has another message at offset 9 than the one that was copied: it was deleted and made again`,
      remedy: expect.stringContaining('under another name'),
    });
    const all = await lab.readAll({ streams: [stream], onOffsetLost: 'earliest' }, { positions });
    expect(bodies(all)).toEqual(range(10 + more, 500));
  });

  // The first waits twice until a stream that should have messages has been silent for five seconds.
  sideBySide(
    [
      {
        name: 'with a place to resume at that seems to be empty has lost it, and does not begin anew unasked',
        run: async () => {
          const stream = await lab.create('stream');
          const positions = new Map([[stream, '100']]);
          await expect(lab.readAll({ streams: [stream] }, { positions })).rejects.toMatchObject({
            code: 'POSITION_LOST',
            message: `stream ${stream} gives no message, and 100 is where to resume`,
          });
          expect(positions).toEqual(new Map([[stream, '100']]));
          await lab.readAll({ streams: [stream], onOffsetLost: 'earliest' }, { positions });
          expect(positions).toEqual(new Map([[stream, '0']]));
        },
      },
      ...[
        { startAt: 'earliest', copied: range(10) },
        { startAt: 'latest', copied: range(10) },
        { startAt: { offset: 7 }, copied: range(3, 7) },
        { startAt: { timestamp: Date.now() + 86_400_000 }, copied: [] },
      ].map(({ startAt, copied }) => ({
        name: `that was empty when it was first read still starts at ${JSON.stringify(startAt)}`,
        run: async () => {
          const stream = await lab.create('stream');
          const positions = new Map<string, string>();
          const options = { streams: [stream], startAt };
          expect(await lab.readAll(options, { positions })).toEqual([]);
          expect([...positions]).toEqual(startAt === 'latest' ? [[stream, '0']] : []);
          await lab.queues.publish(stream, numbered(10));
          expect(bodies(await lab.readAll(options, { positions }))).toEqual(copied);
        },
      })),
    ],
    300_000,
  );

  it('is told from a queue, which keeps its messages', async () => {
    const queue = await lab.filled(3);
    await expect(lab.readAll({ streams: [queue] })).rejects.toMatchObject({ code: 'WRONG_KIND' });
    expect(await lab.queues.ready(queue)).toBe(3);
  });
});
